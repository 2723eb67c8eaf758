// Records of a journal, each with the time at which the coordinator logged that it was durable.

import type { JournalRecord, JournalState } from '../../coordinator/core/model/journal.ts';
import type { Operation } from '../../coordinator/core/model/operation.ts';
import { targetsOf } from '../../coordinator/core/targets.ts';
import { takesOn } from '../../coordinator/core/wave.ts';
import { parseRecord, parseSnapshot } from '../../coordinator/journal/format.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { openStore, type Row, type SnapshotRow } from '../../coordinator/journal/store.ts';
import type { HistoryEvent, TokenSeen } from '../promises/history.ts';
import { comparePlaces, type Happened, NOWHERE, PHASE, type Place } from './happened.ts';
import type { Entry } from './logs.ts';

export type Line = { readonly index: number; readonly epoch: number; readonly record: JournalRecord };

/** Where the records begin when those before it were compacted. */
export type Snapshot = { readonly index: number; readonly state: JournalState };

/** What a journal leaves behind when nobody writes it any more. */
export type JournalTrace = {
  /** Absent while nothing was compacted. */
  readonly begins: Snapshot | undefined;
  /** All records from there on. */
  readonly lines: readonly Line[];
  /** What it all replays to. */
  readonly state: JournalState;
};

/** The trace of the SQLite file at `path`. */
export async function readTrace(path: string): Promise<JournalTrace> {
  await using journal = openSqliteJournal(path);
  const { state } = await journal.read();
  using store = openStore(path);
  return traceOf({ snapshot: store.snapshot(), rows: store.rows(), state });
}

/** The trace of a journal as it is stored, wherever that is. Throws when a record is none. */
export function traceOf({
  snapshot,
  rows,
  state,
}: {
  readonly snapshot: Pick<SnapshotRow, 'index' | 'state'> | undefined;
  readonly rows: readonly Pick<Row, 'index' | 'epoch' | 'record'>[];
  readonly state: JournalState;
}): JournalTrace {
  return { begins: snapshot && parsedSnapshot(snapshot), lines: rows.map(lineOf), state };
}

function parsedSnapshot({ index, state: text }: Pick<SnapshotRow, 'index' | 'state'>): Snapshot {
  const state = parseSnapshot(text);
  if ('wrong' in state) throw new Error(`the snapshot: ${state.wrong}`);
  return { index, state };
}

function lineOf({ index, epoch, record: text }: Pick<Row, 'index' | 'epoch' | 'record'>): Line {
  const record = parseRecord(text);
  if ('wrong' in record) throw new Error(`record ${index}: ${record.wrong}`);
  return { index, epoch, record };
}

/** The wave in which a target takes a step; 0 of what no operation asked for. */
export function waveOf(lines: readonly Line[], { operationNumber, step }: TokenSeen, target: string): number {
  const waves = operationOf(lines, operationNumber)?.steps[step]?.waves ?? [];
  const found = waves.findIndex((wave) => [...targetsOf(wave)].some((each) => each.target === target));
  return Math.max(0, found);
}

/** The operation of that number; undefined when none was accepted under it. */
export function operationOf(lines: readonly Line[], number: number): Operation | undefined {
  const accepted = lines.flatMap(({ record }) => (record.kind === 'accepted' ? [record.operation] : []));
  return accepted.find((operation) => operation.number === number);
}

const WORDS: Readonly<Record<string, JournalRecord['kind']>> = {
  'this coordinator leads': 'led',
  'operation accepted': 'accepted',
  'wave done': 'waveDone',
  'operation is to be cancelled': 'cancelRequested',
  'operation finished': 'finished',
};

export type RecordContext = {
  readonly journalId: string;
  /** What the coordinators said. */
  readonly log: readonly Entry[];
  readonly hooks: readonly Happened[];
};

/** The records in their order, before each end of a wave what it takes for answers. */
export function recordsIn(
  lines: readonly Line[],
  { journalId, log, hooks }: RecordContext,
): readonly Happened[] {
  const logged = firstLines(log);
  const told = lines.map(({ record }) =>
    logged.get(keyOf(record.kind, 'operation' in record ? record.operation : record)),
  );
  const followedMs = earliestFrom(told);
  let lastMs = 0;
  let place: Place = NOWHERE;
  return lines.flatMap(({ index, epoch, record }, at) => {
    const said = told[at];
    // One whose coordinator died before it could log it: as early as the answers that it takes allow.
    const saidMs = said?.atMs ?? lastEndIn(record, hooks);
    lastMs = Math.max(lastMs, Math.min(saidMs, followedMs[at] ?? saidMs));
    place = later(place, placeOf(record));
    const by = `${String(said?.fields['pid'] ?? 'a coordinator')} of epoch ${epoch}`;
    const event: HistoryEvent = { kind: 'journaled', journalId, index, record, by };
    const atMs = lastMs;
    return [...answersIn(lines, record), event].map((each): Happened => ({ atMs, place, event: each }));
  });
}

/** The first line that tells each record. */
function firstLines(log: readonly Entry[]): ReadonlyMap<string, Entry> {
  const lines = new Map<string, Entry>();
  for (const entry of log) {
    const key = keyOf(WORDS[entry.words], entry.fields);
    if (entry.atMs < (lines.get(key)?.atMs ?? Number.POSITIVE_INFINITY)) lines.set(key, entry);
  }
  return lines;
}

/**
 * By when each record was durable, since it or one that follows it was told then. A leader that stood still tells its
 * record when it goes on, long after the next one has built upon it.
 */
function earliestFrom(told: readonly (Entry | undefined)[]): readonly number[] {
  let earliest = Number.POSITIVE_INFINITY;
  const backwards = told.toReversed().map((entry) => {
    earliest = Math.min(earliest, entry?.atMs ?? earliest);
    return earliest;
  });
  return backwards.toReversed();
}

function keyOf(kind: string | undefined, facts: object): string {
  const { number, step, wave, epoch }: Facts = facts;
  const parts = kind === 'led' ? [epoch] : [number, step, wave];
  return [kind, ...parts].map((part) => (typeof part === 'object' ? '' : part)).join(':');
}

type Facts = {
  readonly number?: unknown;
  readonly step?: unknown;
  readonly wave?: unknown;
  readonly epoch?: unknown;
};

function placeOf(record: JournalRecord): Place {
  switch (record.kind) {
    case 'accepted':
      return [record.operation.number, -1, 0, PHASE.judged];
    case 'waveDone':
      return [record.number, record.step, record.wave, PHASE.judged];
    case 'finished':
      return [record.number, Number.POSITIVE_INFINITY, 0, PHASE.judged];
    default:
      return NOWHERE;
  }
}

function later(a: Place, b: Place): Place {
  return comparePlaces(a, b) > 0 ? a : b;
}

function lastEndIn(record: JournalRecord, hooks: readonly Happened[]): number {
  if (record.kind !== 'waveDone') return 0;
  const { number, step, wave } = record;
  const ends = hooks.filter(
    ({ place, event }) =>
      event.kind === 'hookEnded' && comparePlaces(place, [number, step, wave, PHASE.ended]) === 0,
  );
  return Math.max(0, ...ends.map(({ atMs }) => atMs));
}

/** What the coordinator took for answers, by its own record: whoever is not named has executed. */
function answersIn(lines: readonly Line[], record: JournalRecord): readonly HistoryEvent[] {
  if (record.kind !== 'waveDone') return [];
  const operation = operationOf(lines, record.number);
  const wave = operation?.steps[record.step]?.waves[record.wave];
  if (operation === undefined || wave === undefined) throw new Error('a wave that is done was accepted');
  const out = namedBefore(lines, record, operation);
  const token = { operationNumber: record.number, step: record.step, operationId: operation.id };
  return [...targetsOf(wave)].flatMap(({ target, ordinal, group }): readonly HistoryEvent[] => {
    const incarnation = operation.incarnations[group.segment]?.[ordinal] ?? '';
    if (incarnation === '' || out.has(target)) return [];
    const answer = record.troubles.find((trouble) => trouble.target === target)?.kind ?? 'executed';
    return [{ kind: 'answered', target, incarnation, token, answer }];
  });
}

/** Targets that did not execute an earlier wave: they are not asked any more, unless they stop on. */
function namedBefore(
  lines: readonly Line[],
  { number, step, wave }: Extract<JournalRecord, { kind: 'waveDone' }>,
  { leftOut, steps }: Operation,
): ReadonlySet<string> {
  const earlier = lines.flatMap(({ record }) =>
    record.kind === 'waveDone' &&
    record.number === number &&
    (record.step < step || (record.step === step && record.wave < wave))
      ? record.troubles
      : [],
  );
  const stopPath = steps[step]?.stopPath === true;
  const out = [...leftOut, ...earlier].filter((trouble) => !takesOn(trouble, { stopPath }));
  return new Set(out.map(({ target }) => target));
}
