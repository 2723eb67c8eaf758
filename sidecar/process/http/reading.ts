// What a look means, held against what is remembered: pure.

import type { HttpSettings } from '../../../protos/adapter/http.ts';
import { sameToken } from '../../rules/memory.ts';
import type { ProcessState, Token } from '../../rules/model.ts';
import type { Sent } from './book.ts';
import type { Seen } from './look.ts';

/**
 * How long a process must have said that it is idle, in milliseconds, before what it was sent counts as over: it may
 * not have read the request yet when it is looked at first.
 */
export const IDLE_MS_MIN = 2_000;

/** Stands for a transition that the process runs and that nobody here has asked for. */
const STRANGER: Token = { operationNumber: 0, step: 0, operationId: 'stranger' };

export type Remembered = {
  readonly state: string;
  readonly sent: Sent | undefined;
  readonly executed: Token | undefined;
};

/** What the process says of itself. */
export function processState(settings: HttpSettings, seen: Seen, remembered: Remembered): ProcessState {
  const { sent } = remembered;
  const busy = sent?.token ?? (seen.busy === true ? STRANGER : undefined);
  // While a transition runs, the state that it started from.
  const state = busy === undefined ? stateIn(settings, seen, remembered.state) : remembered.state;
  return { state, busy, executed: seen.executed ?? remembered.executed, trouble: seen.trouble };
}

/**
 * The state of the machine that the process's own word stands for. A word for several means the remembered one
 * if that is among them, else nobody knows which; one that is not in the map is passed on for the rules to judge.
 */
export function stateIn(settings: HttpSettings, { word }: Seen, remembered: string): string {
  if (word === undefined) return remembered;
  const meant = meanings(settings, word);
  return meant.includes(remembered) ? remembered : meant.length === 1 ? (meant[0] ?? '') : '';
}

/**
 * Whether what was sent has ended, by the process's word: it says that it runs nothing, or echoes the token. False:
 * nobody can tell. That it has arrived is no such word: a process may change its state first and work on.
 */
export function hasEnded(seen: Seen, sent: Sent): boolean {
  return seen.busy === undefined ? hasEchoed(seen, sent) : !seen.busy;
}

/** Whether the process names what was sent as what it executed last. */
export function hasEchoed({ executed }: Seen, { token }: Sent): boolean {
  return executed !== undefined && sameToken(executed, token);
}

/** Whether it is where it should arrive, and by its own word not where it came from. */
export function hasArrived(settings: HttpSettings, { word }: Seen, { from, to }: Sent): boolean {
  if (word === undefined) return false;
  const meant = meanings(settings, word);
  return meant.includes(to) && !meant.includes(from);
}

function meanings({ state }: HttpSettings, word: string): readonly string[] {
  const map = state?.map ?? {};
  const meant = Object.hasOwn(map, word) ? map[word] : undefined;
  return meant === undefined ? [word] : [meant].flat();
}
