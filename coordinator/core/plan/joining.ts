// Who may go into a run that is already there.

import { isInRun } from '../../../protos/machine/table.ts';
import type { Command } from '../model/operation.ts';
import type { Core } from '../model/picture.ts';
import { type Refusal, refusal } from './planned.ts';
import type { Routed } from './routes.ts';

/** What an operation that leads into a run would do: begin one, or go into the one that is open. */
type Into = { readonly title: string; readonly begins: boolean };

/** At most this many targets are named in one sentence. */
const NAMED_MAX = 5;

/**
 * Why these may not go into a run; undefined when they may. A run begins with everybody, and whoever came since is
 * unknown to the others until the next one; a target that was in it and came back may go where the others are.
 */
export function whyNotIntoRun(
  core: Core,
  command: Command,
  { takers }: Routed,
  { title, begins }: Into,
): Refusal | undefined {
  const isLimited = command.kind === 'goTo' && (command.targets ?? []).length > 0;
  if (begins) {
    if (!isLimited) return undefined;
    return refusal('REFUSED', `${title} would begin a run with these alone; a run begins with all targets`);
  }
  const { partition, journal } = core;
  const newcomers = takers.filter(({ member: { segment, ordinal, state } }) => {
    const tookPart = (journal.run?.incarnations[segment]?.[ordinal] ?? '') !== '';
    return !tookPart && !isInRun(partition.machine, state);
  });
  if (newcomers.length === 0) return undefined;
  const names = newcomers.slice(0, NAMED_MAX).map(({ member }) => member.target);
  const more = newcomers.length > NAMED_MAX ? ` and ${newcomers.length - NAMED_MAX} more` : '';
  return refusal(
    'REFUSED',
    `${title} would bring ${names.join(', ')}${more} into run ${journal.run?.number}, which began without; ` +
      'they can take part in the next one',
  );
}
