// What a partition's status says: a function of the core and of what is told of its objects.

import { findState } from '../../../protos/machine/table.ts';
import { targetView } from '../../api/view.ts';
import type { FinishedOperation, JournalState } from '../../core/model/journal.ts';
import type { Core, Observation } from '../../core/model/picture.ts';
import { partitionState } from '../../core/plan/members.ts';
import { type PartitionStatus, STATUS_SENTENCE_LENGTH_MAX, TROUBLED_MAX } from '../resources/status.ts';
import { conditionsOf, type Dating, type Facts, secondsOf } from './conditions.ts';

/** State of a target that nobody can tell, and of one in error. */
const UNKNOWN = 'unknown';

/** A target with which something is wrong, and what. */
export type Troubled = { readonly target: string; readonly sentence: string };

/** The status of a partition that is led. `before` is the one that was written last. */
export function statusOf(
  core: Core,
  told: Facts,
  before: PartitionStatus | undefined,
  dating: Dating,
): PartitionStatus {
  const { partition, journal, fleet } = core;
  const troubled = troubledOf(core);
  const inControl = [...fleet.values()].filter(isInControl).length;
  const run = runOf(journal);
  const operation = operationOf(journal);
  return {
    observedGeneration: dating.generation,
    state: partitionState(core),
    targets: `${inControl}/${fleet.size}`,
    machine: partition.machine.name,
    machineHash: partition.machineHash,
    ...(run === undefined ? {} : { run }),
    ...(operation === undefined ? {} : { operation }),
    segments: segmentsOf(core),
    troubled: troubled.slice(0, TROUBLED_MAX),
    troubledCount: troubled.length,
    conditions: conditionsOf({ ...told, ...seenFacts(core, troubled) }, before?.conditions ?? [], dating),
  };
}

/** The status of a partition that cannot be led: why is in its conditions, and what it was is not claimed to be so. */
export function unledStatus(
  told: Facts,
  before: PartitionStatus | undefined,
  dating: Dating,
): PartitionStatus {
  return {
    observedGeneration: dating.generation,
    state: UNKNOWN,
    conditions: conditionsOf(told, before?.conditions ?? [], dating),
  };
}

/** Every target with which something is wrong, in the order of the document. */
export function troubledOf(core: Core): readonly Troubled[] {
  const found: Troubled[] = [];
  for (const observation of core.fleet.values()) {
    const sentence = troubleOf(core, observation);
    if (sentence !== '') {
      found.push({ target: observation.target, sentence: sentence.slice(0, STATUS_SENTENCE_LENGTH_MAX) });
    }
  }
  return found;
}

/** What is wrong with it, and what the platform knows of its pod beside; empty: nothing. */
export function troubleOf(core: Core, observation: Observation): string {
  const own = ownTrouble(core, observation);
  const { sentence } = observation.podFacts;
  return own === '' || sentence === '' ? own : `${own}; ${sentence}`;
}

function ownTrouble(core: Core, observation: Observation): string {
  const view = targetView(core, observation, { nowMs: observation.observedAtMs, addressOf: () => '' });
  if (typeof view.trouble === 'string' && view.trouble !== '') return view.trouble;
  if (view.inError) return `in error (from ${view.state}); recover it`;
  if (!view.attached) return 'no process is attached';
  return view.state === '' ? 'its state is unknown; recover it' : '';
}

function isInControl({ connected, foreignJournalId, reported }: Observation): boolean {
  return connected && foreignJournalId === '' && reported?.attached === true && reported.state !== '';
}

function seenFacts(core: Core, troubled: readonly Troubled[]): Facts {
  return { Healthy: healthOf(troubled, core.fleet.size), MachineCurrent: machineFact(core) };
}

function healthOf(troubled: readonly Troubled[], all: number): Facts[string] {
  const [first] = troubled;
  if (first === undefined) return { status: 'True', reason: 'AllWell', message: '' };
  const others = troubled.length > 1 ? ` (and ${troubled.length - 1} more of ${all})` : '';
  return {
    status: 'False',
    reason: 'TargetsInTrouble',
    message: `${first.target}: ${first.sentence}${others}`,
  };
}

/**
 * The condition MachineCurrent. A machine that was written in a run waits for its end. Targets that obey another one
 * cannot be commanded until they are replaced.
 */
export function machineFact({ fleet, partition, wanted }: Core): Facts[string] {
  if (wanted.machineHash !== partition.machineHash) {
    return {
      status: 'False',
      reason: 'Waiting',
      message: `machine ${wanted.machine.name} (${wanted.machineHash}) holds once no operation and no run is open; until then it is ${partition.machineHash}`,
    };
  }
  const others = [...fleet.values()].filter(
    ({ connected, machineHash }) => connected && machineHash !== '' && machineHash !== partition.machineHash,
  );
  const [first] = others;
  if (first === undefined) return { status: 'True', reason: 'OneMachine', message: '' };
  const more = others.length > 1 ? ` and ${others.length - 1} more obey` : ' obeys';
  return {
    status: 'False',
    reason: 'OtherMachine',
    message: `${first.target}${more} another machine than the partition's (${partition.machineHash}); replace the pods with: baton rollout ${first.segment}`,
  };
}

function runOf({ run, runs }: JournalState): PartitionStatus['run'] {
  if (run !== undefined) return { number: run.number, since: secondsOf(run.startedAtMs), status: 'open' };
  const last = runs.at(-1);
  if (last === undefined) return undefined;
  return { number: last.number, since: secondsOf(last.endedAtMs), status: last.clean ? 'clean' : 'unclean' };
}

function operationOf({ open, finished }: JournalState): PartitionStatus['operation'] {
  if (open !== undefined) {
    const { id, title, acceptedAtMs } = open.operation;
    return { id, title: shortTitle(title), status: 'open', since: secondsOf(acceptedAtMs) };
  }
  const last: FinishedOperation | undefined = finished.at(-1);
  if (last === undefined) return undefined;
  const { id, title } = last.operation;
  return { id, title: shortTitle(title), status: last.outcome, since: secondsOf(last.finishedAtMs) };
}

/** That of a leave names every target. */
function shortTitle(title: string): string {
  return title.slice(0, STATUS_SENTENCE_LENGTH_MAX);
}

type Counts = { ready: number; excluded: number; readonly states: Map<string, number> };

function segmentsOf({ fleet, partition, journal }: Core): NonNullable<PartitionStatus['segments']> {
  const bySegment = new Map<string, Counts & { members: number }>();
  for (const { name } of partition.segments) {
    bySegment.set(name, { members: 0, ready: 0, excluded: 0, states: new Map() });
  }
  for (const observation of fleet.values()) {
    const counts = bySegment.get(observation.segment);
    // One that the document no longer has is still there until it has been let go.
    if (counts === undefined) continue;
    const state =
      isInControl(observation) && observation.reported?.inError !== true ? stateOf(observation) : UNKNOWN;
    counts.members += 1;
    counts.states.set(state, (counts.states.get(state) ?? 0) + 1);
    if (findState(partition.machine, state)?.ready === true) counts.ready += 1;
    if (journal.excluded[observation.target] !== undefined) counts.excluded += 1;
  }
  return [...bySegment].map(([name, { states, ...counts }]) => ({
    name,
    ...counts,
    states: Object.fromEntries([...states].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }));
}

function stateOf({ reported }: Observation): string {
  return reported?.state ?? UNKNOWN;
}
