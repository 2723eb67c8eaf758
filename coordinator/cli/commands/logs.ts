import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { didYouMean } from '../../../protos/machine/nearest.ts';
import { list, show } from '../../../protos/machine/show.ts';
import { pathsIn } from '../../up/paths.ts';
import { UP_DIRECTORY } from '../address.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { logNames } from '../logs/names.ts';
import { followLines, openReader } from '../logs/tail.ts';
import { printable } from '../show/table.ts';
import { print } from '../world.ts';

/** Names that are told when one is unknown; the rest is counted. */
const NAMED_MAX = 12;

export type LogsFlags = {
  readonly lines: number;
  readonly follow?: true;
  readonly sidecar?: true;
  /** Of `baton up`; `.baton` of the working directory without. */
  readonly directory?: string;
};

/**
 * `baton logs TARGET`: what a process (or its sidecar, or the coordinator) printed under `baton up`. Throws
 * RunControlError MALFORMED when there is no such log.
 */
export async function logs(context: Context, name: string, flags: LogsFlags): Promise<ExitCode> {
  const path = logOf(context, name, flags);
  const write = await writerOf(context, flags.sidecar === true ? `${name}.sidecar` : name);
  if (flags.follow !== true) {
    using reader = openReader(path, flags.lines);
    write(reader.lines());
    if (reader.rest() !== '') write([reader.rest()]);
    return EXIT.done;
  }
  const stopping = new AbortController();
  const { signal } = stopping;
  const release = context.world.onInterrupt(() => stopping.abort());
  try {
    const { world } = context;
    for await (const lines of followLines(path, { count: flags.lines, world, signal })) write(lines);
    return EXIT.interrupted;
  } finally {
    release();
  }
}

function logOf({ world, options }: Context, name: string, { directory, sidecar }: LogsFlags): string {
  if (options.namespace !== undefined) {
    const problem = { path: '--namespace', want: 'nothing', got: show(options.namespace) };
    const sentence =
      'logs shows what baton up keeps on this machine; the number of lines is --lines, of a pod: kubectl logs';
    throw new RunControlError('MALFORMED', sentence, { problems: [problem] });
  }
  const paths = pathsIn(resolve(world.directory, directory ?? UP_DIRECTORY));
  const folder = relative(world.directory, paths.logs) || '.';
  const names = logNames(paths.logs);
  if (names.length === 0) {
    throw new RunControlError(
      'MALFORMED',
      `there are no logs in ${folder}: they are kept where baton up runs, so ask in its folder or name it by ` +
        '--directory; of a pod: kubectl logs',
    );
  }
  const path = paths.log(sidecar === true ? `${name}.sidecar` : name);
  if (names.includes(name) && (existsSync(path) || existsSync(`${path}.1`))) return path;
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  const what = sidecar === true ? 'log of a sidecar' : 'log';
  throw new RunControlError(
    'MALFORMED',
    `${folder} has no ${what} of ${show(name)}${didYouMean(name, names)}; ` +
      `there are ${list(names.slice(0, NAMED_MAX))}${more}`,
  );
}

/** Lines as they are, or one JSON object or YAML document for each. */
async function writerOf(
  { world, options }: Context,
  source: string,
): Promise<(lines: readonly string[]) => void> {
  const { out } = world;
  switch (options.output) {
    case 'json':
      return (lines) =>
        print(
          out,
          lines.map((line) => JSON.stringify({ source, line })),
        );
    case 'yaml': {
      const { stringify } = await import('yaml');
      return (lines) =>
        print(
          out,
          lines.map((line) => `---\n${stringify({ source, line }).trimEnd()}`),
        );
    }
    case 'table':
    case 'wide':
      // A process must not command the terminal of who reads its log.
      return (lines) => print(out, out.isTerminal ? lines.map(printable) : lines);
  }
}
