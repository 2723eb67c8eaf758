// npm run bench                       the comparison with 100 and with 1000 targets
// npm run bench -- --targets 300 --json

import { availableParallelism, cpus } from 'node:os';
import { compare } from './compare.ts';
import { makeDirectories } from './directories.ts';
import { type Options, parseOptions } from './options.ts';
import { linesOf, ratiosOf } from './report.ts';

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const options = parseOptions(process.argv.slice(2));
if ('words' in options) {
  process.stderr.write(options.words);
  process.exitCode = EXIT.usage;
} else process.exitCode = await main(options);

/** Runs one comparison after the other; a signal ends it, with all its processes and files. */
async function main({ plans, json }: Options): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const say = (line: string): void => {
    if (!json) process.stdout.write(`${line}\n`);
  };
  const comparisons = [];
  for (const plan of plans) {
    using directories = makeDirectories();
    say(`${directories.words}; node ${process.version}, ${cores()}, log: ${plan.log}`);
    try {
      const comparison = await compare(plan, directories, { signal: stop.signal, tell: say });
      comparisons.push({ ...comparison, ratios: ratiosOf(comparison) });
      say(`\n${linesOf(comparison).join('\n')}\n`);
    } catch (error) {
      if (stop.signal.aborted) return EXIT.interrupted;
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      return EXIT.failed;
    }
  }
  if (json)
    process.stdout.write(
      `${JSON.stringify({ node: process.version, cores: availableParallelism(), comparisons })}\n`,
    );
  return EXIT.done;
}

function cores(): string {
  return `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}`;
}
