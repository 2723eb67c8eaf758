// What the end of a command comes to.

import type { HookEnd, Understood } from '../said.ts';
import type { Seen } from './ask.ts';
import type { Ended } from './command.ts';
import { causeOf } from './output.ts';

/** True for the exit code by which a command says that it has executed its transition. */
export function isExecuted({ exit }: Ended): boolean {
  return exit.kind === 'code' && exit.code === 0;
}

/** A command that failed: it has left the process where the state command says. */
export function failed(
  { exit, complaints }: Ended,
  { seen, wasGivenUp }: { readonly seen: Understood<Seen> | undefined; readonly wasGivenUp: boolean },
): HookEnd {
  const state = seen !== undefined && 'value' in seen ? seen.value.state : '';
  const words = causeOf(exit, complaints);
  return { outcome: 'failed', state, cause: wasGivenUp ? `it was given up and ${words}` : words };
}

/** A recover that succeeded; without a state command that is to bring the process back to its initial state. */
export function recovered(seen: Understood<Seen> | undefined, initial: string): HookEnd {
  if (seen === undefined) return { outcome: 'executed', state: initial, cause: '' };
  if ('broken' in seen) return { outcome: 'failed', state: '', cause: seen.broken };
  return { outcome: 'executed', state: seen.value.state, cause: '' };
}
