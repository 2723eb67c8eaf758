import { expect, test } from 'vitest';
import type { OperationId } from '../../coordinator/core/model/partition.ts';
import type { Event, Response } from '../../coordinator/core/model/turn.ts';
import { refusedOf } from '../../coordinator/refused.ts';

const SUBMIT: Event = {
  type: 'submit',
  caller: 1,
  id: 'o1' as OperationId,
  command: { kind: 'sequence', name: 'start_run', arguments: {} },
  highestSeen: 0,
  operator: 'crew',
};

const answer = (response: Response) => ({
  records: [],
  effects: [{ type: 'respond', caller: 1, response }] as const,
});
const trouble = (code: 'REFUSED' | 'LIMIT' | 'BUSY' | 'MALFORMED') =>
  answer({ kind: 'trouble', code, sentence: 'start_run needs all targets', problems: [] });

test('what the partition is not fit for is told with who asked', () => {
  expect(refusedOf(SUBMIT, trouble('REFUSED'))).toBe('start_run needs all targets (asked by crew)');
  expect(refusedOf({ ...SUBMIT, operator: '' }, trouble('LIMIT'))).toBe('start_run needs all targets');
});

test('a bad moment, a typing error, and what is accepted concern only who asked', () => {
  expect(refusedOf(SUBMIT, trouble('BUSY'))).toBeUndefined();
  expect(refusedOf(SUBMIT, trouble('MALFORMED'))).toBeUndefined();
  expect(refusedOf(SUBMIT, answer({ kind: 'operation', id: 'o1' as OperationId }))).toBeUndefined();
  expect(refusedOf({ type: 'cancel', caller: 1, id: '' }, trouble('REFUSED'))).toBeUndefined();
});
