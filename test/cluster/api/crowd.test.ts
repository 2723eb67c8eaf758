// Five thousand pods at a real API server, on fake nodes, none of whose sidecars answers: what the largest partition
// costs a coordinator when everything in it is wrong.

import { beforeAll, expect, test } from 'vitest';
import { type Figures, measure } from '../crowd/measure.ts';

const PODS = 5_000;

/** What was promised. */
const SETTLED_MS_MAX = 15_000;
const MEMORY_MB_MAX = 300;

let figures: Figures;

beforeAll(async () => {
  figures = await measure({ pods: PODS, silence: 'refuse', restMs: 60_000 }, (words) =>
    process.stdout.write(`${words}\n`),
  );
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}, 600_000);

test(`it knows all of them within ${SETTLED_MS_MAX / 1_000} s`, () => {
  expect(figures.settledMs).toBeLessThan(SETTLED_MS_MAX);
});

test(`it takes less than ${MEMORY_MB_MAX} MB, also at its worst`, () => {
  expect(figures.peakMb).toBeLessThan(MEMORY_MB_MAX);
});

test('at rest it writes nothing but that it leads', () => {
  expect(figures.restWrites.length).toBeGreaterThan(0);
  expect(new Set(figures.restWrites)).toEqual(new Set(['update leases']));
});

test('dialling all of them in vain takes less than half a processor, and fills no log', () => {
  expect(figures.restCores).toBeLessThan(0.5);
  expect(figures.restLines).toBeLessThan(PODS / 100);
});
