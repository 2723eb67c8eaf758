// A coordinator as its image runs it, as a process of its own: what it takes of the machine can be asked.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { bundleImage } from '../../../coordinator/pack/image.ts';
import { type Identity, lives } from '../../../protos/procfs.ts';
import { condition } from '../../sidecar/condition.ts';
import { end, lastLines, launch } from '../daemon.ts';

/** Ticks of the clock of /proc in a second. */
const TICKS = 100;

const MEGABYTE_IN_KB = 1_024;

/** It settles and gives the Lease back, in milliseconds. */
const END_MS = 20_000;

const STARTED_MS = 60_000;

/** What it takes of the machine. */
export type Usage = {
  /** Resident memory now, and the most that it ever was. */
  readonly rssMb: number;
  readonly peakMb: number;
  /** Processor time since it began, in seconds. */
  readonly cpuSeconds: number;
};

export type CoordinatorProcess = AsyncDisposable & {
  /** When it was started, on the monotonic clock of this process. */
  readonly startedMs: number;
  readonly usage: () => Usage;
  /** Value of a metric that has no labels or one partition; undefined while there is none. Throws when it has ended. */
  readonly metric: (name: string) => Promise<number | undefined>;
  /** Every line of its log up to now. */
  readonly log: () => readonly string[];
};

export type CoordinatorWords = {
  readonly kubeconfig: string;
  readonly namespace: string;
};

const DOCKERFILE = join(import.meta.dirname, '../../../coordinator/Dockerfile');

/** What the image tells node before the program. */
function nodeArguments(): readonly string[] {
  const entry = /^ENTRYPOINT (.*)$/m.exec(readFileSync(DOCKERFILE, 'utf8'))?.[1] ?? '';
  return z.array(z.string()).parse(JSON.parse(entry)).slice(1, -1);
}

/** Bundles the coordinator of this checkout and starts it; resolves once it listens. */
export async function startCoordinator(words: CoordinatorWords): Promise<CoordinatorProcess> {
  const { kubeconfig, namespace } = words;
  const folder = mkdtempSync(join(tmpdir(), 'baton-coordinator-'));
  mkdirSync(join(folder, 'program'));
  await bundleImage(join(folder, 'program'), { coordinator: 'coordinator/cluster/main.ts' });
  const log = join(folder, 'log');
  const startedMs = performance.now();
  const who = await launch({
    program: process.execPath,
    args: [
      ...nodeArguments(),
      join(folder, 'program', 'coordinator.js'),
      `--kubeconfig=${kubeconfig}`,
      `--namespaces=${namespace}`,
      ...['--listen=127.0.0.1:0', '--http=127.0.0.1:0', '--insecure-dial', '--insecure-anyone'],
    ],
    log,
    // As in its image.
    env: { MALLOC_ARENA_MAX: '1', NODE_OPTIONS: '' },
    diesWithUs: true,
  });
  let http = '';
  await condition(
    'the coordinator listens',
    () => {
      requireAlive(who, log);
      http = /"http":"([^"]+)"/.exec(readFileSync(log, 'utf8'))?.[1] ?? '';
      return http !== '';
    },
    STARTED_MS,
  );
  return {
    startedMs,
    usage: () => usageOf(who, log),
    metric: async (name) => {
      requireAlive(who, log);
      return metricIn(await (await fetch(`http://${http}/metrics`)).text(), name);
    },
    log: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
    [Symbol.asyncDispose]: async () => {
      await end(who, END_MS);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function requireAlive(who: Identity, log: string): void {
  if (!lives(who)) throw new Error(`the coordinator has ended:\n${lastLines(log)}`);
}

function metricIn(text: string, name: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}

function usageOf(who: Identity, log: string): Usage {
  requireAlive(who, log);
  const status = readFileSync(`/proc/${who.pid}/status`, 'utf8');
  const stat = readFileSync(`/proc/${who.pid}/stat`, 'utf8');
  const megabytes = (key: string) =>
    Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / MEGABYTE_IN_KB;
  // After the name in brackets, from the third field on: user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
  return { rssMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM'), cpuSeconds };
}
