// What really happened, in the words of the simulation, so that both are judged by the same oracles: records
// from the journal, hooks from the logs of processes, states from those of sidecars, and what a client saw.
//
// All clocks are one, the machine's, and tell whole milliseconds. Within one millisecond things are taken in
// the order in which an operation brings them about: what is broken within less is left to the tests of each
// part. Not seen from here: fences (P9), and appends that were refused (P8).

import { join } from 'node:path';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { type Report, verifyRun } from '../daq/verify.ts';
import type { HistoryEvent } from '../promises/history.ts';
import {
  type JournalTrace,
  type Line,
  operationOf,
  readTrace,
  recordsIn,
  type Snapshot,
  waveOf,
} from './fromJournal.ts';
import { endIn, hooksIn, requestBehind, statesIn } from './fromLogs.ts';
import { compareHappened, type Happened, PHASE, type Place } from './happened.ts';
import { type Entry, readLog } from './logs.ts';

export type Evidence = Omit<Traces, 'journal' | 'log' | 'ends'> & {
  /** Directory of a `baton up` that has ended. */
  readonly directory: string;
  /** Why the end of a target was not clean; targets that are not named ended cleanly. */
  readonly unclean: readonly { readonly target: string; readonly why: string }[];
};

/** What the parts of a partition leave behind. */
export type Traces = {
  readonly journal: JournalTrace;
  /** What one part has said: `coordinator`, a target's process by the target's name, its sidecar by `NAME.sidecar`. */
  readonly log: (name: string) => readonly Entry[];
  /** Folder of the DAQ's ledgers and files; absent when no data are taken. */
  readonly data?: string;
  readonly machine: Machine;
  readonly targets: readonly string[];
  /** How preStop hooks were answered. */
  readonly ends: readonly HistoryEvent[];
  /** What a client was told; it does not know the id of the journal. */
  readonly seen: readonly Happened[];
};

/** Everything that is known to have happened, in order, and at last what the journal replays to. */
export async function gather({
  directory,
  unclean,
  ...evidence
}: Evidence): Promise<readonly HistoryEvent[]> {
  const journal = await readTrace(join(directory, 'journal.sqlite'));
  const log = (name: string): readonly Entry[] => readLog(join(directory, 'logs', `${name}.log`));
  const whyOf = (target: string) => unclean.find((each) => each.target === target)?.why ?? '';
  const ends = evidence.targets.flatMap((target) => endIn(log(target), whyOf(target), evidence.machine));
  return historyOf({ ...evidence, ends, journal, log });
}

/** As `gather`, from wherever the traces are. */
export async function historyOf(traces: Traces): Promise<readonly HistoryEvent[]> {
  const { journal, log, targets, machine, data, seen } = traces;
  const { begins, lines, state } = journal;
  const { journalId } = state;
  const states = targets.flatMap((target) => statesIn(target, log(`${target}.sidecar`), log(target)));
  const hooks = targets.flatMap((target) =>
    hooksIn(target, log(target), { machine, journalId, waveOf: (...of) => waveOf(lines, ...of) }),
  );
  const requests = hooks.flatMap((hook) => requestBehind(hook, states));
  const records = recordsIn(lines, { journalId, log: log('coordinator'), hooks });
  const counts = data === undefined ? [] : await countsOf(data, records);
  const all = [...states, ...requests, ...hooks, ...counts, ...records, ...seen].toSorted(compareHappened);
  const events = all.flatMap(({ place, event }) => {
    if (isBefore(begins, place, event)) return [];
    return [event.kind === 'accepted' ? completed(event, journalId, lines) : event];
  });
  return [...beginning(begins), ...events, ...traces.ends, { kind: 'replayed', journalId, state }];
}

/** What a journal knows of operations that its snapshot has swallowed is their end: they are not judged. */
function isBefore(begins: Snapshot | undefined, [number]: Place, event: HistoryEvent): boolean {
  const operation = event.kind === 'accepted' ? event.number : number;
  return begins !== undefined && operation > 0 && operation <= begins.state.operationNumber;
}

function beginning(begins: Snapshot | undefined): readonly HistoryEvent[] {
  if (begins === undefined) return [];
  const { index, state } = begins;
  return [{ kind: 'restored', journalId: state.journalId, index, state }];
}

type Accepted = Extract<HistoryEvent, { kind: 'accepted' }>;

/** A client that watches is told of operations without their journal and without all of the command. */
function completed(event: Accepted, journalId: string, lines: readonly Line[]): Accepted {
  const command = operationOf(lines, event.number)?.command ?? event.command;
  return { ...event, journalId, command };
}

/** What the verifier finds of each run, just before its end is recorded. */
async function countsOf(data: string, records: readonly Happened[]): Promise<readonly Happened[]> {
  const counts: Happened[] = [];
  for (const { atMs, place, event } of records) {
    const run = event.kind === 'journaled' && event.record.kind === 'finished' ? event.record.run : undefined;
    if (event.kind !== 'journaled' || run === undefined) continue;
    const report = await verified(data, run.number);
    if (report === undefined) continue;
    const { readOut, missing, double, corrupt } = report.fragments;
    const { journalId } = event;
    // Written means: there once and whole.
    const written = readOut - missing - double - corrupt;
    const [number, step] = place;
    const counted: HistoryEvent = { kind: 'counted', journalId, runNumber: run.number, readOut, written };
    counts.push({ atMs, place: [number, step, 0, PHASE.ended], event: counted });
  }
  return counts;
}

async function verified(data: string, run: number): Promise<Report | undefined> {
  try {
    return await verifyRun(data, run);
  } catch (error) {
    // Its number was spent before anybody took part.
    if (error instanceof RunControlError && error.code === 'UNKNOWN_ID') return undefined;
    throw error;
  }
}
