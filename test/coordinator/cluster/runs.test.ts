import { expect, test } from 'vitest';
import { runSpecSchema } from '../../../coordinator/cluster/resources/run.ts';
import { missedRuns, RUNS_MADE_UP_MAX, runBody, runChanges } from '../../../coordinator/cluster/runs/runs.ts';
import { emptyJournal } from '../../../coordinator/core/journal-state.ts';
import type { FinishedRun, JournalState } from '../../../coordinator/core/model/journal.ts';

const OPEN = { number: 3, startedAtMs: 1_500, incarnations: {}, unclean: '' };

function ended(number: number, cause = ''): FinishedRun {
  return { number, clean: cause === '', cause, startedAtMs: 1_500, endedAtMs: 61_500 };
}

function journal(state: Partial<JournalState>): JournalState {
  return { ...emptyJournal, ...state };
}

test('a run is written when it begins and when it ends, and not between', () => {
  const idle = journal({});
  const open = journal({ run: OPEN });
  const spoilt = journal({ run: { ...OPEN, unclean: 'something' } });
  const over = journal({ runs: [ended(3, 'readout-0 was lost')] });
  expect(runChanges('p', idle, open)).toEqual([
    {
      kind: 'write',
      name: 'p-3',
      spec: { partition: 'p', number: 3, startedAt: '1970-01-01T00:00:01Z', status: 'open' },
    },
  ]);
  expect(runChanges('p', open, { ...open, operationNumber: 9 })).toEqual([]);
  expect(runChanges('p', open, spoilt)).toEqual([]);
  expect(runChanges('p', spoilt, over)).toEqual([
    {
      kind: 'write',
      name: 'p-3',
      spec: {
        partition: 'p',
        number: 3,
        startedAt: '1970-01-01T00:00:01Z',
        endedAt: '1970-01-01T00:01:01Z',
        status: 'unclean',
        cause: 'readout-0 was lost',
      },
    },
  ]);
});

test('what the journal forgets goes', () => {
  const before = journal({ run: OPEN, runs: [ended(1), ended(2)] });
  const after = journal({
    runs: [ended(2), ended(3)].map((run, i) => (i === 0 ? (before.runs[1] ?? run) : run)),
  });
  expect(runChanges('p', before, after).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'write p-3',
    'delete p-1',
  ]);
});

test('a run that ends as the next begins is told with it', () => {
  const after = journal({ run: { ...OPEN, number: 4 }, runs: [ended(3, 'nobody saw its end')] });
  const names = runChanges('p', journal({ run: OPEN }), after).map(({ name }) => name);
  expect(names).toEqual(['p-3', 'p-4']);
});

test('a new leader writes what is missing of the newest, and takes away what is forgotten', () => {
  const runs = [5, 6, 7, 8, 9, 10].map((number) => ended(number));
  const state = journal({ runs, run: { ...OPEN, number: 11 } });
  const written = [
    { number: 4, hasEnded: true },
    { number: 9, hasEnded: true },
    { number: 10, hasEnded: false },
  ];
  expect(missedRuns('p', state, written).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'write p-7',
    'write p-8',
    'write p-10',
    'write p-11',
    'delete p-4',
  ]);
  const all = runs.slice(-RUNS_MADE_UP_MAX).map(({ number }) => ({ number, hasEnded: true }));
  expect(missedRuns('p', journal({ runs }), all)).toEqual([]);
});

test('what is written is what the schema of a Run takes', () => {
  const [change] = runChanges('p', journal({ run: OPEN }), journal({ runs: [ended(3, 'x'.repeat(5_000))] }));
  if (change?.kind !== 'write') throw new Error('nothing is written');
  expect(runSpecSchema.parse(change.spec)).toEqual(change.spec);
  expect(runBody({ namespace: 'daq', name: 'p', uid: 'u' }, change)).toMatchObject({
    kind: 'Run',
    metadata: { name: 'p-3', labels: { 'baton.dev/partition': 'p' } },
  });
});
