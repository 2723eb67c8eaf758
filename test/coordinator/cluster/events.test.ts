import { expect, test } from 'vitest';
import { eventBody, seriesPatch } from '../../../coordinator/cluster/events/body.ts';
import {
  type Book,
  EVENT_PACE,
  type EventWrite,
  emptyBook,
  enter,
  NOTED_MAX,
  SERIES_EVERY_MS,
} from '../../../coordinator/cluster/events/book.ts';
import {
  LOST_GATHER_MS,
  look,
  lostDueMs,
  newSight,
  takeLost,
} from '../../../coordinator/cluster/events/lost.ts';
import { endNote, lostNote, type Note, refusalNote } from '../../../coordinator/cluster/events/note.ts';
import { freshPace, take, waitMs } from '../../../coordinator/cluster/pace.ts';
import type { FinishedOperation } from '../../../coordinator/core/model/journal.ts';
import type { OperationId, Target } from '../../../coordinator/core/model/partition.ts';
import type { Core } from '../../../coordinator/core/model/picture.ts';
import { allIn, coreOf, partitionOf, turn, welcomed } from './fleet.ts';

const NOTE: Note = { type: 'Warning', reason: 'Refused', action: 'Refuse', sentence: 'no', key: 'k' };

test('a thing is told once, and what happens again within a minute is only counted', () => {
  let book = emptyBook(0);
  const writes: (EventWrite | undefined)[] = [];
  for (const nowMs of [0, 1_000, 2_000, SERIES_EVERY_MS, SERIES_EVERY_MS + 1]) {
    const entered = enter(book, NOTE, nowMs);
    book = entered.book;
    writes.push(entered.write);
  }
  const [first, ...others] = writes;
  expect(first).toMatchObject({ kind: 'create', note: NOTE });
  expect(others).toEqual([undefined, undefined, { kind: 'repeat', name: first?.name, count: 4 }, undefined]);
});

test('the same thing has the same name for every leader, another one another', () => {
  const nameFrom = (note: Note) => enter(emptyBook(7), note, 7).write?.name;
  expect(nameFrom(NOTE)).toBe(nameFrom({ ...NOTE }));
  expect(nameFrom({ ...NOTE, key: 'other' })).not.toBe(nameFrom(NOTE));
});

test('beyond the pace nothing is written, and what found no room may be told later', () => {
  let book = emptyBook(0);
  const tell = (key: string, nowMs: number) => {
    const entered = enter(book, { ...NOTE, key }, nowMs);
    book = entered.book;
    return entered.write;
  };
  const told = Array.from({ length: EVENT_PACE.burst + 5 }, (_, i) => tell(`k${i}`, 0));
  expect(told.filter((write) => write !== undefined)).toHaveLength(EVENT_PACE.burst);
  const refused = EVENT_PACE.burst;
  expect(tell(`k${refused}`, EVENT_PACE.everyMs)?.kind).toBe('create');
  expect(tell(`k${refused + 1}`, EVENT_PACE.everyMs)).toBeUndefined();
});

test('only so many things are remembered', () => {
  let book: Book = emptyBook(0);
  for (let i = 0; i < NOTED_MAX + 10; i++) {
    book = enter(book, { ...NOTE, key: `k${i}` }, i * EVENT_PACE.everyMs).book;
  }
  expect(book.noted.size).toBe(NOTED_MAX);
  expect(book.noted.has('k0')).toBe(false);
});

test('a pace gives a burst, then one at a time', () => {
  const limits = { burst: 2, everyMs: 100 };
  const one = take(freshPace(limits, 0), limits, 0);
  const two = one && take(one, limits, 0);
  if (two === undefined) throw new Error('no burst');
  expect(take(two, limits, 99)).toBeUndefined();
  expect(waitMs(two, limits, 40)).toBe(60);
  expect(take(two, limits, 100)).toEqual({ left: 0, atMs: 100 });
  expect(take(two, limits, 10_000)).toEqual({ left: 1, atMs: 10_000 });
});

test('the end of an operation tells who asked, what came of it, and how the run ended', () => {
  const { journal } = coreOf(partitionOf('readout 1'));
  const run = { number: 5, clean: false, cause: 'readout-0 failed', startedAtMs: 1, endedAtMs: 9 };
  const note = endNote({ ...journal, runs: [run] }, finished({ runNumber: 5 }, 'succeeded'));
  expect(note).toMatchObject({ type: 'Warning', reason: 'OperationSucceeded' });
  expect(note.sentence).toBe('stop_run by crew succeeded; run 5 ended unclean: readout-0 failed');
  const clean = endNote(
    { ...journal, runs: [{ ...run, clean: true }] },
    finished({ runNumber: 5 }, 'succeeded'),
  );
  expect(clean).toMatchObject({ type: 'Normal', sentence: 'stop_run by crew succeeded; run 5 ended clean' });
});

test('a failure tells its cause; the key is that of journal and operation alone', () => {
  const { journal } = coreOf(partitionOf('readout 1'));
  const failed = { ...finished({}, 'failed'), cause: 'readout-0 failed in conf: no disk' };
  const note = endNote(journal, failed);
  expect(note).toMatchObject({ type: 'Warning', reason: 'OperationFailed' });
  expect(note.sentence).toBe('stop_run by crew failed: readout-0 failed in conf: no disk');
  expect(endNote({ ...journal, epoch: 99 }, failed).key).toBe(note.key);
  expect(endNote({ ...journal, journalId: 'other' }, failed).key).not.toBe(note.key);
});

test('what another leader sees for itself is another thing', () => {
  const core = coreOf(partitionOf('readout 1'));
  const next = { ...core, journal: { ...core.journal, epoch: core.journal.epoch + 1 } };
  expect(refusalNote(core, 'no').key).not.toBe(refusalNote(next, 'no').key);
});

test('who is silent for a while is lost, with all who fell silent meanwhile, and told once', () => {
  const core = allIn(coreOf(partitionOf('readout 3')), 'initial');
  const sight = newSight();
  for (const target of core.fleet.keys()) look(sight, core, target, 0);
  expect(lostDueMs(sight)).toBeUndefined();
  const gone = disconnect(core, 'readout-0');
  look(sight, gone, 'readout-0' as Target, 100);
  look(sight, disconnect(gone, 'readout-1'), 'readout-1' as Target, 900);
  expect(takeLost(sight, 100 + LOST_GATHER_MS - 1)).toEqual([]);
  const lost = takeLost(sight, 100 + LOST_GATHER_MS);
  expect(lost).toEqual(['readout-0', 'readout-1']);
  expect(takeLost(sight, 1_000_000)).toEqual([]);
  expect(lostNote(core, lost).sentence).toBe('not heard any more: readout-0, readout-1 (the stream broke)');
});

test('who comes back in time, whose pod goes, or who was never heard is not lost', () => {
  const core = allIn(coreOf(partitionOf('readout 3')), 'initial');
  const sight = newSight();
  look(sight, core, 'readout-0' as Target, 0);
  look(sight, core, 'readout-1' as Target, 0);
  look(sight, disconnect(core, 'readout-0'), 'readout-0' as Target, 1);
  look(sight, welcomed(core, 'readout-0', {}), 'readout-0' as Target, 2);
  const going = turn(core, {
    type: 'pod',
    target: 'readout-1' as Target,
    pod: 'readout-1',
    phase: 'deleting',
  });
  look(sight, disconnect(going, 'readout-1'), 'readout-1' as Target, 3);
  look(sight, disconnect(core, 'readout-2'), 'readout-2' as Target, 4);
  expect(lostDueMs(sight)).toBeUndefined();
});

test('an Event has times with six digits and speaks of the partition', () => {
  const regarding = {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    namespace: 'daq',
    name: 'p',
    uid: 'u1',
  };
  const body = eventBody(
    'abc',
    { ...NOTE, sentence: 'x'.repeat(5_000) },
    { regarding, instance: 'pod-1', nowMs: 1 },
  );
  expect(body).toMatchObject({
    metadata: { namespace: 'daq', name: 'p.abc' },
    eventTime: '1970-01-01T00:00:00.001000Z',
    reportingController: 'baton.dev/coordinator',
    regarding: { kind: 'Partition', name: 'p', uid: 'u1' },
  });
  expect(String(body['note'])).toHaveLength(1_000);
  expect(seriesPatch(3, 1)).toEqual({
    series: { count: 3, lastObservedTime: '1970-01-01T00:00:00.001000Z' },
  });
});

function disconnect(core: Core, target: string): Core {
  return turn(core, { type: 'disconnected', target: target as Target, cause: 'the stream broke' });
}

function finished(
  operation: Partial<FinishedOperation['operation']>,
  outcome: FinishedOperation['outcome'],
): FinishedOperation {
  return {
    operation: {
      id: 'o1' as OperationId,
      number: 3,
      command: { kind: 'sequence', name: 'stop_run', arguments: {} },
      title: 'stop_run',
      operator: 'crew',
      acceptedAtMs: 0,
      machineHash: '',
      runNumber: 0,
      steps: [],
      leftOut: [],
      ...operation,
    },
    step: 0,
    wave: 0,
    troubles: [],
    outcome,
    cause: '',
    finishedAtMs: 9,
  };
}
