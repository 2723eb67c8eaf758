import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { condition } from '../sidecar/condition.ts';
import { type Comparison, compare, OPERATIONS_PER_TURN } from './compare.ts';
import { makeDirectories } from './directories.ts';
import { parseOptions } from './options.ts';
import { linesOf, ratiosOf } from './report.ts';
import { median, quantile } from './statistics.ts';

/** Six processes are started one after the other, on a machine that may be busy. */
const PATIENCE_MS = 90_000;

const PLAN = { targets: 4, hosts: 2, warmUpTurns: 1, turns: 2, limitMs: 60_000, profiles: '' } as const;

test(
  'the three ways run over real sidecars and give figures',
  async () => {
    const directories = makeDirectories();
    const comparison = await compare({ ...PLAN, log: 'all' }, directories);
    directories[Symbol.dispose]();
    expect(comparison.operations).toBe(2 * OPERATIONS_PER_TURN);
    expect(comparison.sizes.state).toBeGreaterThan(200);
    expect(comparison.sizes.accepted).toBeGreaterThan(200);
    expect(comparison.sizes.ended).toHaveLength(2);
    const { product, floor, bare } = comparison.ways;
    for (const { wallMs, clientCpuUs, hostsCpuUs } of [product, floor, bare]) {
      for (const figure of [wallMs.p10, wallMs.median, wallMs.p95, clientCpuUs.median, hostsCpuUs.mean]) {
        expect(Number.isFinite(figure)).toBe(true);
        expect(figure).toBeGreaterThan(0);
      }
    }
    expect(existsSync(directories.disk) || existsSync(directories.memory)).toBe(false);
  },
  PATIENCE_MS,
);

test(
  'Ctrl-C ends the benchmark with all its processes',
  async () => {
    const program = fileURLToPath(new URL('bench.ts', import.meta.url));
    const bench = spawn(process.execPath, [program, '--targets', '4', '--turns', '10000'], {
      // A group of its own, as a terminal makes it.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const group = bench.pid ?? 0;
    expect(group).toBeGreaterThan(0);
    for await (const line of createInterface(bench.stdout)) if (line.includes('take turns')) break;
    process.kill(-group, 'SIGINT');
    const [code] = await once(bench, 'exit');
    expect(code).toBe(130);
    await condition('no process of the group is left', () => isGone(group));
  },
  PATIENCE_MS,
);

test('a comparison is told as a table, with what was aimed at', () => {
  expect(linesOf(EXAMPLE).join('\n')).toMatchInlineSnapshot(`
    "1000 targets, 120 operations each
                        wall ms   p10    p95  client µs/target  hosts µs/target
      baton               100.0  90.0  200.0              60.0             60.0
      equal-duty floor     50.0  45.0  100.0              40.0             40.0
      bare streams         50.0  45.0  100.0              20.0             20.0

      wall time over the floor                             2.00x  aim 1.25x missed
      wall time over bare streams                          2.00x        aim 2x met
      coordinator's processor time over the bare client's  3.00x   aim 1.5x missed
      coordinator's processor time over the floor's        1.50x"
  `);
  expect(ratiosOf(EXAMPLE)).toEqual({ overFloor: 2, overBare: 2, cpuOverBare: 3, cpuOverFloor: 1.5 });
});

test('the options are checked before anything is started', () => {
  expect(parseOptions(['--targets', '7', '--turns', '9', '--json', '--log', 'none'])).toMatchObject({
    json: true,
    plans: [{ targets: 7, turns: 9, log: 'none' }],
  });
  for (const wrong of [
    ['--targets', '0'],
    ['--targets', '5001'],
    ['--turns', 'x'],
    ['--log', 'loud'],
    ['--nope'],
  ]) {
    expect(parseOptions(wrong)).toMatchObject({ words: expect.stringContaining('usage: npm run bench') });
  }
});

test('medians and quantiles', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
  expect(quantile([5, 1, 4, 2, 3], 0.95)).toBe(5);
  expect(quantile([5, 1, 4, 2, 3], 0)).toBe(1);
});

const figures = (wall: number, cpu: number) => ({
  wallMs: { p10: 0.9 * wall, median: wall, p95: 2 * wall },
  clientCpuUs: { median: cpu, mean: cpu },
  hostsCpuUs: { median: cpu, mean: cpu },
});

const EXAMPLE: Comparison = {
  targets: 1_000,
  operations: 120,
  sizes: { state: 600, accepted: 21_000, ended: [100, 200] },
  ways: { product: figures(100, 60), floor: figures(50, 40), bare: figures(50, 20) },
};

function isGone(group: number): boolean {
  try {
    process.kill(-group, 0);
    return false;
  } catch {
    return true;
  }
}
