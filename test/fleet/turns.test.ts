import { expect, test } from 'vitest';
import { CONNECTS_MAX, RECONNECTS_MAX } from '../../coordinator/fleet/dispatcher.ts';
import { Turns } from '../../coordinator/fleet/turns.ts';

/** Gives a turn to everybody who gets one now. */
function takeAll(turns: Turns<string>): readonly string[] {
  const taken: string[] = [];
  for (let next = turns.next(); next !== undefined; next = turns.next()) {
    turns.take(next);
    taken.push(next);
  }
  return taken;
}

test('who had a turn in vain comes after all others, and leaves some turns to them', () => {
  const turns = new Turns<string>(3, 2);
  for (const old of ['dead-1', 'dead-2', 'dead-3']) turns.want(old, true);
  turns.want('new-1', false);
  expect(takeAll(turns)).toEqual(['new-1', 'dead-1']);
  turns.want('new-2', false);
  turns.want('new-3', false);
  expect(takeAll(turns)).toEqual(['new-2']);
  turns.release('dead-1');
  expect(takeAll(turns)).toEqual(['new-3']);
});

test('who waits is in one line only', () => {
  const turns = new Turns<string>(2, 2);
  turns.want('a', true);
  turns.want('a', false);
  expect(takeAll(turns)).toEqual(['a']);
  turns.want('b', false);
  turns.want('b', true);
  turns.forget('b');
  expect(takeAll(turns)).toEqual([]);
});

test(`of ${CONNECTS_MAX} sidecars that are away ${RECONNECTS_MAX} are dialled at once, so that a new one need not wait`, () => {
  const turns = new Turns<string>(CONNECTS_MAX, RECONNECTS_MAX);
  for (let i = 0; i < CONNECTS_MAX; i += 1) turns.want(`away-${i}`, true);
  expect(takeAll(turns)).toHaveLength(RECONNECTS_MAX);
  turns.want('new', false);
  expect(takeAll(turns)).toEqual(['new']);
});
