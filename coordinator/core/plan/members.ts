// Who can take part, and why not.

import { isInRun } from '../../../protos/machine/table.ts';
import { isKnown, isReturning } from '../fleet.ts';
import type { Trouble } from '../model/operation.ts';
import type { Target } from '../model/partition.ts';
import type { Core, Observation } from '../model/picture.ts';

/** A target that can be asked. */
export type Able = {
  readonly target: Target;
  readonly segment: string;
  readonly ordinal: number;
  readonly state: string;
  readonly inError: boolean;
};

export type Absent = { readonly target: Target; readonly segment: string; readonly cause: string };

export type Members = { readonly able: readonly Able[]; readonly absent: readonly Absent[] };

type Choice = {
  readonly accepts?: (observation: Observation) => boolean;
  /** Those who will soon be back can be asked as well: a wave waits for them as for any answer. */
  readonly returning?: boolean;
  /** Those that the document does not have any more are asked wherever they stand. */
  readonly departing?: boolean;
};

/** Parts the targets into those that can be asked and those that cannot, each with its reason. */
export function membersOf(
  core: Core,
  { accepts = () => true, returning = false, departing = false }: Choice = {},
): Members {
  const able: Able[] = [];
  const absent: Absent[] = [];
  for (const observation of core.fleet.values()) {
    if (!accepts(observation)) continue;
    const { target, segment, ordinal } = observation;
    const back = returning && isReturning(observation);
    const cause = whyAbsent(core, back ? { ...observation, connected: true } : observation);
    if (!departing && hasDeparted(core, observation, cause)) continue;
    if (cause === undefined && (back || isKnown(observation))) {
      able.push({
        target,
        segment,
        ordinal,
        state: observation.reported.state,
        inError: observation.reported.inError,
      });
    } else {
      absent.push({ target, segment, cause: cause ?? 'its state is unknown' });
    }
  }
  return { able, absent };
}

/** Of those whom the document does not have any more only who is in the run still counts: nobody misses the others. */
function hasDeparted(core: Core, { target, reported }: Observation, cause: string | undefined): boolean {
  if (!core.departing.has(target)) return false;
  return cause !== undefined || !isInRun(core.partition.machine, reported?.state ?? '');
}

/** Targets that count for the partition's state: able, without error, not excluded. */
export function countingStates(core: Core): ReadonlySet<string> {
  const counting = membersOf(core).able.filter(
    ({ target, inError }) => !inError && core.journal.excluded[target] === undefined,
  );
  return new Set(counting.map((member) => member.state));
}

/** The common state of the included targets, `mixed` when they differ, `unknown` when there are none. */
export function partitionState(core: Core): string {
  const states = countingStates(core);
  const [first] = states;
  return first === undefined ? 'unknown' : states.size > 1 ? 'mixed' : first;
}

/** A target that is left out before the first wave. */
export function leftOut({ target, cause }: Absent, excluded: boolean): Trouble {
  return { target, step: 0, transition: '', kind: 'absent', cause, excluded };
}

function whyAbsent(
  core: Core,
  { target, connected, trouble, foreignJournalId, machineHash, reported }: Observation,
): string | undefined {
  if (!connected) return trouble || 'not connected';
  if (foreignJournalId !== '') return trouble;
  const unsettled = core.journal.unknown[target];
  if (unsettled !== undefined)
    return `its part in operation ${unsettled.number} is not known yet: wait, or if its process has ended: baton declare-gone ${target}`;
  if (machineHash !== core.partition.machineHash)
    return `it obeys another machine (${machineHash}, ours is ${core.partition.machineHash})`;
  if (reported === undefined) return 'it has not reported yet';
  if (!reported.attached) return 'no process is attached';
  if (reported.state === '') return `its state is unknown: ${reported.cause || 'recover it'}`;
  return undefined;
}
