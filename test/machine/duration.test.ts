import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationText, parseDurationMs } from '../../protos/machine/duration.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1.1s', 1_100],
  ['0s', 0],
  ['2147483647ms', 2_147_483_647],
  ['2147483648ms', undefined],
  ['0.5ms', undefined],
  ['1.0001s', undefined],
  ['30', undefined],
  ['', undefined],
  ['s', undefined],
  ['-1s', undefined],
  ['+1s', undefined],
  ['1 s', undefined],
  ['1S', undefined],
  ['1e3s', undefined],
  ['1d', undefined],
  ['1m30s', undefined],
] as const)('%s is %s ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test('every duration is written so that it is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), (ms) => {
      expect(parseDurationMs(durationText(ms))).toBe(ms);
    }),
  );
});

test.each([
  [0, '0ms'],
  [1_500, '1500ms'],
  [32_000, '32s'],
  [60_000, '1m'],
  [90_000, '90s'],
  [7_200_000, '2h'],
])('%i ms are written %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
