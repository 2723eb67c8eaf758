import type { Core } from './model.ts';
import { partitionState } from './plan/members.ts';
import { allowedFrom } from './plan/routes.ts';

/** Transitions and sequences that may be asked now; none while an operation is open. */
export function allowedNow(core: Core): readonly string[] {
  return core.journal.open === undefined ? allowedFrom(core.partition.machine, partitionState(core)) : [];
}
