// npm run bench:api [-- --pods N --silence refuse|swallow]     what thousands of pods cost a coordinator

import { parseArgs } from 'node:util';
import { buildPrograms } from '../binaries.ts';
import { KWOK, MODULES } from '../modules.ts';
import { progressOnScreen } from '../progress.ts';
import { type Figures, measure, type Plan } from './measure.ts';

/** What is promised of 5,000 pods; of fewer it holds all the more. */
const PODS = 5_000;
const SETTLED_MS_MAX = 15_000;
const MEMORY_MB_MAX = 300;
const REST_CORES_MAX = 0.5;
const REST_LINES_MAX = PODS / 100;

const REST_MS = 60_000;

/** Segments that share them evenly. */
const SEGMENTS = 10;

const plan = planOf(process.argv.slice(2));
process.exitCode = typeof plan === 'string' ? wrong(plan) : await run(plan);

async function run(asked: Plan): Promise<number> {
  await buildPrograms(progressOnScreen(), [...MODULES, KWOK]);
  const figures = await measure(asked, (words) => process.stderr.write(`${words}\n`));
  process.stdout.write(`${linesOf(figures).join('\n')}\n`);
  const over = overOf(figures);
  for (const sentence of over) process.stdout.write(`over its limit: ${sentence}\n`);
  return over.length === 0 ? 0 : 1;
}

/** What was asked for, or what is wrong with it. */
function planOf(words: string[]): Plan | string {
  const options = { pods: { type: 'string' }, silence: { type: 'string' } } as const;
  try {
    const { pods = String(PODS), silence = 'refuse' } = parseArgs({ args: words, options }).values;
    const count = /^\d+$/.test(pods) ? Number(pods) : 0;
    if (count === 0 || count % SEGMENTS !== 0) return `--pods: want a multiple of ${SEGMENTS}, got "${pods}"`;
    if (silence !== 'refuse' && silence !== 'swallow')
      return `--silence: want refuse or swallow, got "${silence}"`;
    return { pods: count, silence, restMs: REST_MS };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wrong(sentence: string): number {
  process.stderr.write(
    `bench:api: ${sentence}\nusage: npm run bench:api [-- --pods N --silence refuse|swallow]\n`,
  );
  return 2;
}

function linesOf(figures: Figures): readonly string[] {
  return [
    `all pods known after   ${(figures.settledMs / 1_000).toFixed(1)} s`,
    `memory                 ${figures.rssMb.toFixed(0)} MB, at most ${figures.peakMb.toFixed(0)} MB`,
    `processor at rest      ${figures.restCores.toFixed(2)} cores`,
    `log lines at rest      ${figures.restLines} in a minute`,
    `writes until it rests  ${counted(figures.startWrites)}`,
    `writes at rest         ${counted(figures.restWrites)} in a minute`,
  ];
}

function overOf({ settledMs, peakMb, restCores, restLines, restWrites }: Figures): readonly string[] {
  const others = restWrites.filter((write) => write !== 'update leases');
  return [
    ...(settledMs > SETTLED_MS_MAX ? [`all pods are known within ${SETTLED_MS_MAX / 1_000} s`] : []),
    ...(peakMb > MEMORY_MB_MAX ? [`${MEMORY_MB_MAX} MB`] : []),
    ...(restCores > REST_CORES_MAX ? [`${REST_CORES_MAX} cores at rest`] : []),
    ...(restLines > REST_LINES_MAX ? [`${REST_LINES_MAX} log lines in a minute of rest`] : []),
    ...(others.length > 0 ? [`at rest it writes nothing but its Lease: ${counted(others)}`] : []),
  ];
}

function counted(writes: readonly string[]): string {
  const counts = Map.groupBy(writes, (each) => each);
  return [...counts].map(([what, all]) => `${all.length} ${what}`).join(', ') || 'none';
}
