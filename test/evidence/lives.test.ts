// What became of containers, from what is left of them: replicas of one program live side by side, pods of one name may
// do so, and an end is what somebody has seen.

import { expect, test } from 'vitest';
import { builtinMachine } from '../../protos/machine/builtin.ts';
import { entriesOfLives, type Told } from '../cluster/lives.ts';
import { hooksIn, statesIn } from '../e2e/fromLogs.ts';
import type { Entry } from '../e2e/logs.ts';

type Changes = Partial<Omit<Told, 'life'>> & { readonly pod?: string; readonly restart?: number };

/** A life that has said something at these times. */
function lived(times: readonly number[], { pod = 'a', restart = 0, ...more }: Changes = {}): Told {
  const life = { namespace: 'n', pod, uid: `uid-${pod}`, container: 'coordinator', restart };
  const said = times.map((atMs): Entry => ({ atMs, kind: 'said', words: pod, fields: {} }));
  return { life, said, seenMs: times[0] ?? 0, endMs: undefined, missedMs: undefined, ...more };
}

/** `a 10` for a line, `a ended 20` for an end. */
function wordsOf(told: readonly Told[]): readonly string[] {
  return entriesOfLives(told).map(({ atMs, kind, pod }) => {
    const who = pod?.replace('uid-', '');
    return kind === 'ended' ? `${who} ended ${atMs}` : `${who} ${atMs}`;
  });
}

test('replicas live side by side: the beginning of one ends no other', () => {
  expect(wordsOf([lived([10, 40]), lived([20, 30], { pod: 'b' })])).toEqual(['a 10', 'a 40', 'b 20', 'b 30']);
});

test('a container that was started again has ended before, in its own pod', () => {
  const told = [lived([10]), lived([20], { pod: 'b' }), lived([50], { restart: 1 })];
  expect(wordsOf(told)).toEqual(['a 10', 'a ended 50', 'a 50', 'b 20']);
});

test('its runtime knows when it ended: that is not when it said its last, nor when the next one spoke', () => {
  expect(wordsOf([lived([10], { endMs: 30.4 }), lived([50], { restart: 1 })])).toEqual([
    'a 10',
    'a ended 31',
    'a 50',
  ]);
});

test('a next life that has said nothing has begun when it was seen', () => {
  expect(wordsOf([lived([10]), lived([], { restart: 1, seenMs: 40 })])).toEqual(['a 10', 'a ended 40']);
});

test('one that is gone has ended; of one whose end nobody saw nothing is said', () => {
  expect(wordsOf([lived([10], { missedMs: 60 })])).toEqual(['a 10', 'a ended 60']);
  expect(wordsOf([lived([10], { missedMs: 60, endMs: 20 })])).toEqual(['a 10', 'a ended 20']);
  expect(wordsOf([lived([10])])).toEqual(['a 10']);
});

test('what it said, it said before its end', () => {
  expect(wordsOf([lived([10, 20], { endMs: 19.9 })])).toEqual(['a 10', 'a 20', 'a ended 20']);
});

const LISTENS = (startId: string, atMs: number, pod: string): Entry => ({
  ...{ atMs, kind: 'said', words: 'the process listens', pod },
  fields: { startId },
});

test('two pods of one name: each sidecar speaks of the process beside it', () => {
  const processes = [LISTENS('first', 10, 'uid-a'), LISTENS('second', 20, 'uid-b')];
  const said: Entry = {
    ...{ atMs: 30, kind: 'said', words: 'target changed state', pod: 'uid-a' },
    fields: { incarnation: 'uid-a.life', attached: true, stateNumber: 1, to: 'ready' },
  };
  const lives = statesIn('readout-0', [said], processes).map(({ event }) => event);
  expect(lives).toContainEqual({
    kind: 'lived',
    target: 'readout-0',
    incarnation: 'uid-a.life',
    life: 'first',
  });
});

test('a life that ends before it has said who it is ends no other', () => {
  const machine = builtinMachine('dune');
  if (machine === undefined) throw new Error('dune is built in');
  const ended = (atMs: number): Entry => ({ atMs, kind: 'ended', words: 'its container ended', fields: {} });
  const log = [LISTENS('first', 10, 'uid-a'), ended(20), ended(30), LISTENS('second', 40, 'uid-a')];
  const lives = hooksIn('readout-0', log, { machine, journalId: 'j', waveOf: () => 0 });
  expect(lives.map(({ event }) => event)).toEqual([
    { kind: 'ended', life: 'first' },
    { kind: 'ended', life: '' },
  ]);
});
