// npm run sim -- --seeds 2000 --first 1        many worlds
// npm run sim -- --seed 7 --trace              the story of one

import { parseArgs } from 'node:util';
import { runSeed } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const say = (line: string) => process.stdout.write(`${line}\n`);

/** A whole number from 1 on; nothing is run for anything else. */
function count(name: 'first' | 'seeds' | 'seed'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  process.stderr.write(`--${name}: want a whole number from 1 on, got "${values[name]}"\n`);
  process.exit(2);
}

function one(seed: number): number {
  const { events, broken } = runSeed(seed, undefined, values.trace ? { trace: say } : {});
  say(
    broken === undefined
      ? `seed ${seed}: ${events} events, every promise kept`
      : `seed ${seed}: ${broken.message}`,
  );
  return broken === undefined ? 0 : 1;
}

function many(first: number, count: number): number {
  const startedMs = performance.now();
  const sometimes = new Map<string, number>();
  let events = 0;
  let broken = 0;
  for (let seed = first; seed < first + count; seed++) {
    const result = runSeed(seed, undefined, { sometimes });
    events += result.events;
    if (result.broken === undefined) continue;
    broken += 1;
    if (broken <= 10)
      say(`seed ${seed}: ${result.broken.message}\n  tell its story: npm run sim -- --seed ${seed} --trace`);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  for (const [what, times] of [...sometimes].sort()) say(`sometimes ${String(times).padStart(8)} × ${what}`);
  say(
    `${count} seeds, ${events} events in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)} runs/s, ${Math.round(events / seconds)} events/s`,
  );
  say(`${count - broken} passed, ${broken} failed`);
  return broken === 0 ? 0 : 1;
}

process.exitCode = values.seed === undefined ? many(count('first'), count('seeds')) : one(count('seed'));
