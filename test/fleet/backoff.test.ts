import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BACKOFF_MAX_MS,
  BACKOFF_MIN_MS,
  backoffMs,
  RETRY_EVERY_MS,
  retryMs,
} from '../../coordinator/fleet/backoff.ts';

test('the wait doubles up to its end', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) => backoffMs(failures, 0));
  expect(waits).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

test('the wait is never more than its end and never less than half of its beginning', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const waitMs = backoffMs(failures, random);
      expect(waitMs).toBeLessThanOrEqual(BACKOFF_MAX_MS);
      expect(waitMs).toBeGreaterThanOrEqual(BACKOFF_MIN_MS / 2);
    }),
  );
});

test('of many that are away each waits the longer, and a few wait as one does', () => {
  expect(retryMs(1, 1, 0)).toBe(backoffMs(1, 0));
  expect(retryMs(7, 400, 0)).toBe(BACKOFF_MAX_MS);
  expect(retryMs(1, 5_000, 0)).toBe(5_000 * RETRY_EVERY_MS);
  expect(retryMs(9, 5_000, 1)).toBe((5_000 * RETRY_EVERY_MS) / 2);
});
