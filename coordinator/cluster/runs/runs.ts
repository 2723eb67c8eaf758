// Runs as objects. The journal is the truth; these are its copy for `kubectl get runs` and for whoever keeps a run's
// story beside its files. There are as many as the journal remembers.

import type { FinishedRun, JournalState, OpenRun } from '../../core/model/journal.ts';
import { API_GROUP, API_VERSION, PARTITION_LABEL } from '../names.ts';
import { ownerOf } from '../resources/owner.ts';
import type { PartitionObject } from '../resources/partition.ts';
import type { RunSpec } from '../resources/run.ts';
import { secondsOf } from '../status/conditions.ts';

export type RunChange =
  | { readonly kind: 'write'; readonly name: string; readonly spec: RunSpec }
  | { readonly kind: 'delete'; readonly name: string };

/** The runs of a partition as they are written: number and whether it has ended. */
export type WrittenRun = { readonly number: number; readonly hasEnded: boolean };

/** A new leader makes up for so many runs that the one before could not write. */
export const RUNS_MADE_UP_MAX = 4;

const CAUSE_LENGTH_MAX = 1_000;

/** What one turn of the journal means for the objects: most turns nothing. */
export function runChanges(
  partition: string,
  before: JournalState,
  after: JournalState,
): readonly RunChange[] {
  if (before.run === after.run && before.runs === after.runs) return [];
  const known = new Set(before.runs);
  const kept = new Set(after.runs.map(({ number }) => number));
  const ended = after.runs.filter((run) => !known.has(run));
  const dropped = before.runs.filter(({ number }) => !kept.has(number));
  const { run } = after;
  const began = run !== undefined && run.number !== before.run?.number ? [openRunChange(partition, run)] : [];
  return [
    ...ended.map((each) => endedRunChange(partition, each)),
    ...began,
    ...dropped.map(({ number }): RunChange => ({ kind: 'delete', name: runName(partition, number) })),
  ];
}

/** What a new leader makes up for: the newest runs that are not there as they ended, and those beyond memory. */
export function missedRuns(
  partition: string,
  { run, runs }: JournalState,
  written: readonly WrittenRun[],
): readonly RunChange[] {
  const byNumber = new Map(written.map((each) => [each.number, each]));
  const ended = runs.slice(-RUNS_MADE_UP_MAX).filter(({ number }) => byNumber.get(number)?.hasEnded !== true);
  const began = run !== undefined && !byNumber.has(run.number) ? [openRunChange(partition, run)] : [];
  const oldest = runs[0]?.number ?? 0;
  const forgotten = written.filter(({ number }) => number < oldest);
  return [
    ...ended.map((each) => endedRunChange(partition, each)),
    ...began,
    ...forgotten.map(({ number }): RunChange => ({ kind: 'delete', name: runName(partition, number) })),
  ];
}

function openRunChange(partition: string, { number, startedAtMs }: OpenRun): RunChange {
  const spec: RunSpec = { partition, number, startedAt: secondsOf(startedAtMs), status: 'open' };
  return { kind: 'write', name: runName(partition, number), spec };
}

function endedRunChange(partition: string, run: FinishedRun): RunChange {
  const { number, startedAtMs, endedAtMs, clean, cause } = run;
  const spec: RunSpec = {
    partition,
    number,
    startedAt: secondsOf(startedAtMs),
    endedAt: secondsOf(endedAtMs),
    status: clean ? 'clean' : 'unclean',
    ...(cause === '' ? {} : { cause: cause.slice(0, CAUSE_LENGTH_MAX) }),
  };
  return { kind: 'write', name: runName(partition, number), spec };
}

function runName(partition: string, number: number): string {
  return `${partition}-${number}`;
}

/** A run as it is applied, whether it is there or not. */
export function runBody(
  partition: Pick<PartitionObject, 'namespace' | 'name' | 'uid'>,
  { name, spec }: Extract<RunChange, { kind: 'write' }>,
): Readonly<Record<string, unknown>> {
  return {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'Run',
    metadata: {
      namespace: partition.namespace,
      name,
      labels: { [PARTITION_LABEL]: partition.name },
      ownerReferences: [ownerOf(partition)],
    },
    spec,
  };
}
