// What is told fits into one message, whatever became of ten thousand targets.

import { expect, test } from 'vitest';
import {
  fittingOperation,
  fittingOperations,
  PARTITION_TROUBLES_MAX,
  splitPartition,
} from '../../coordinator/api/size.ts';
import type { Operation } from '../../protos/generated/baton/v1/Operation.ts';
import { MESSAGE_BYTES_MAX, v1 } from '../../protos/load.ts';

/** An operation of so many waves of one target each, of which each is in trouble with all words that fit. */
function operation(waves: number, troubles: number): Operation {
  const name = 'x'.repeat(52);
  return {
    id: 'mine',
    steps: [
      {
        transition: 'start',
        waves: Array.from({ length: waves }, (_, ordinal) => ({
          groups: [{ segment: name, ordinals: [{ first: ordinal, last: ordinal }], from: name, to: name }],
        })),
      },
    ],
    troubles: Array.from({ length: troubles }, (_, ordinal) => ({
      target: `${name}-${ordinal}`,
      transition: 'start',
      kind: 'failed',
      cause: 'é'.repeat(500),
    })),
  };
}

function bytesOf(answer: object): number {
  return v1.Coordinator.service.ListOperations.responseSerialize(answer).length;
}

test('an operation is told with as many troubles as there is room for, and always with its waves', () => {
  const large = operation(2_000, 1_000);
  expect(bytesOf({ operations: [large] })).toBeGreaterThan(MESSAGE_BYTES_MAX);
  const told = fittingOperation(large);
  expect(bytesOf({ operations: [told] })).toBeLessThan(MESSAGE_BYTES_MAX);
  expect(told.steps).toEqual(large.steps);
  expect(told.troubles?.length).toBeGreaterThan(100);
  const small = operation(2, 3);
  expect(fittingOperation(small)).toEqual(small);
});

test('a list of operations is cut to one message, the newest first', () => {
  const many = Array.from({ length: 256 }, () => operation(50, 20));
  const told = fittingOperations(many);
  expect(told.length).toBeGreaterThan(10);
  expect(told.length).toBeLessThan(256);
  expect(bytesOf({ operations: told })).toBeLessThan(MESSAGE_BYTES_MAX);
});

test('a large operation takes its room from the targets, which follow then', () => {
  const targets = Array.from({ length: 10_000 }, (_, ordinal) => ({ target: `readout-${ordinal}` }));
  const { first, rest } = splitPartition({ name: 'daq', targets, operation: operation(4_000, 1_000) });
  expect(first.targetsLeft).toBe(rest.length);
  expect([...(first.targets ?? []), ...rest]).toEqual(targets);
  expect(first.operation?.troubles).toHaveLength(PARTITION_TROUBLES_MAX);
  const answer = v1.Coordinator.service.Watch.responseSerialize({ snapshot: first });
  expect(answer.length).toBeLessThan(MESSAGE_BYTES_MAX);
});
