import { expect, test } from 'vitest';
import { failpoints } from '../../protos/failure/failpoints.ts';
import { STRUCK_POINTS } from '../e2e/points.ts';

test('each failpoint is struck by a test of real processes', () => {
  const names = failpoints().map(({ name }) => name);
  expect(names.filter((name) => !STRUCK_POINTS.has(name))).toEqual([]);
});
