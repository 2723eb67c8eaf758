// When a record became durable, as far as logs tell: a coordinator that stood still logs late what others already
// build upon, and one that was killed never does.

import { expect, test } from 'vitest';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import { type Line, recordsIn } from '../e2e/fromJournal.ts';
import { compareHappened, type Happened, PHASE } from '../e2e/happened.ts';
import type { Entry } from '../e2e/logs.ts';
import { operation } from '../journal/story.ts';
import { PromiseBroken } from '../promises/history.ts';
import { order } from '../promises/operations.ts';

const JOURNAL = 'journal-1';
const OPERATION = operation(1);
const TOKEN = { operationNumber: 1, step: 0, operationId: OPERATION.id };

/** One operation of two waves, under two leaders: the second takes over in its second wave. */
const RECORDS: readonly JournalRecord[] = [
  { kind: 'led', epoch: 1, operationNumber: 0 },
  { kind: 'accepted', operation: OPERATION },
  { kind: 'waveDone', number: 1, step: 0, wave: 0, troubles: [] },
  { kind: 'led', epoch: 2, operationNumber: 1 },
  { kind: 'waveDone', number: 1, step: 0, wave: 1, troubles: [] },
];
const LINES: readonly Line[] = RECORDS.map((record, at) => ({ index: at + 1, epoch: 1, record }));

const LED = 'this coordinator leads';
const FIRST_LEADS = said(10, LED, { epoch: 1 });
const ACCEPTED = said(20, 'operation accepted', { number: 1 });
const SECOND_LEADS = said(50, LED, { epoch: 2 });
const SECOND_WAVE = said(80, 'wave done', { number: 1, step: 0, wave: 1 });

/** What the processes say: the wave of readout-0 from 25 to 30, that of readout-1 from 60 to 70. */
const HOOKS = [hook('hookEnded', 30, 0), hook('hookEnded', 70, 1)];
const ASKED = [asked(25, 0), asked(60, 1)];

function said(atMs: number, words: string, fields: Entry['fields']): Entry {
  return { atMs, kind: 'said', words, fields };
}

function hook(kind: 'hookEnded', atMs: number, wave: number): Happened {
  const event = { kind, life: `life-${wave}`, token: TOKEN, executed: true, refused: false };
  return { atMs, place: [1, 0, wave, PHASE.ended], event };
}

function asked(atMs: number, wave: number): Happened {
  const target = `readout-${wave}`;
  const incarnation = OPERATION.incarnations['readout']?.[wave] ?? '';
  const event = { kind: 'requested', journalId: JOURNAL, token: TOKEN, target, incarnation } as const;
  return { atMs, place: [1, 0, wave, PHASE.asked], event };
}

const recordsOf = (log: readonly Entry[]) => recordsIn(LINES, { journalId: JOURNAL, log, hooks: HOOKS });

/** When each record became durable. */
function timesOf(log: readonly Entry[]): readonly number[] {
  return recordsOf(log).flatMap(({ atMs, event }) => (event.kind === 'journaled' ? [atMs] : []));
}

function judge(log: readonly Entry[], requests: readonly Happened[]): void {
  const oracle = order();
  for (const { event } of [...recordsOf(log), ...requests].toSorted(compareHappened)) oracle(event);
}

const LATE = said(90, 'wave done', { number: 1, step: 0, wave: 0 });
const IN_TIME = said(40, 'wave done', { number: 1, step: 0, wave: 0 });
const OTHERS = [FIRST_LEADS, ACCEPTED, SECOND_LEADS, SECOND_WAVE];

test('a record is as old as the first line that tells it', () => {
  expect(timesOf([...OTHERS, IN_TIME])).toEqual([10, 20, 40, 50, 80]);
  expect(timesOf([LATE, ...OTHERS, IN_TIME])).toEqual([10, 20, 40, 50, 80]);
});

test('a leader that stood still tells its record late: it is no younger than what follows it', () => {
  expect(timesOf([...OTHERS, LATE])).toEqual([10, 20, 50, 50, 80]);
  judge([...OTHERS, LATE], ASKED);
});

test('a leader that was killed tells nothing: its record is as old as the last answer that it takes', () => {
  expect(timesOf(OTHERS)).toEqual([10, 20, 30, 50, 80]);
  judge(OTHERS, ASKED);
  expect(timesOf([SECOND_LEADS, SECOND_WAVE])).toEqual([0, 0, 30, 50, 80]);
});

test('P4: who is asked before the wave before is done is still seen', () => {
  const early = [asked(25, 0), asked(35, 1)];
  expect(() => judge([...OTHERS, IN_TIME], early)).toThrow(PromiseBroken);
});
