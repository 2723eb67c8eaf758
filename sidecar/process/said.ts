// What a process says, whatever adapter carries it: it is written by others and held to limits.

import { NAME_LENGTH_MAX } from '../../protos/machine/limits.ts';
import { cutSentence } from '../../protos/sentence.ts';

/** Longest start id and operation id, in characters. */
export const ID_CHARACTERS_MAX = 64;

/** How a hook ended by the process's own word. */
export type HookEnd = {
  readonly outcome: 'executed' | 'refused' | 'failed';
  /** Empty when the process does not know. */
  readonly state: string;
  readonly cause: string;
};

/** A value, or one sentence why the process broke the contract. */
export type Understood<Value> = { readonly value: Value } | { readonly broken: string };

/** The start id, 1 to 64 characters. */
export function parseStartId(startId: string): Understood<string> {
  if (startId.length >= 1 && startId.length <= ID_CHARACTERS_MAX) return { value: startId };
  return {
    broken: `the process gave a start id of ${startId.length} characters instead of 1 to ${ID_CHARACTERS_MAX}`,
  };
}

/** A sentence of others, cut to its limit and to one line. */
export function sentence(text: string): string {
  return cutSentence(text.replaceAll(/\s+/g, ' ').trim());
}

/** Cut one character beyond the longest name, so that what was too long never becomes a name. */
export function stateName(text: string): string {
  return text.slice(0, NAME_LENGTH_MAX + 1);
}
