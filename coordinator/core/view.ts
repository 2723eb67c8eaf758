import { findTransition } from '../../protos/machine/table.ts';
import type { Core } from './model.ts';
import { membersOf, partitionState } from './plan/members.ts';
import { isStopSequence } from './plan/route.ts';
import { allowedFrom } from './plan/routes.ts';

/** Transitions and sequences that may be asked now; none while an operation is open. */
export function allowedNow(core: Core): readonly string[] {
  if (core.journal.open !== undefined) return [];
  const { machine } = core.partition;
  const names = allowedFrom(machine, partitionState(core));
  if (!isTroubled(core)) return names;
  // Until they are recovered, nothing but the way down is open to the others.
  const stops = new Set(machine.sequences.filter((s) => isStopSequence(machine, s)).map((s) => s.name));
  return names.filter((name) => stops.has(name) || findTransition(machine, name)?.stopPath === true);
}

/** True while a target that cannot be spared is in error, unknown or away. */
function isTroubled(core: Core): boolean {
  const { able, absent } = membersOf(core);
  const troubled = [...able.filter((member) => member.inError), ...absent];
  return troubled.some(({ target, segment }) => {
    const critical = core.partition.segments.find(({ name }) => name === segment)?.critical === true;
    return critical && core.journal.excluded[target] === undefined;
  });
}
