// Programs of the cluster: each with a log, in a process group of its own, ended by pid and never by name.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Identity, identify, lives } from '../../protos/procfs.ts';

export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  /** The file that gets both outputs; what is there is kept. */
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
};

export type Launch = Command & {
  /** True: it ends by SIGKILL together with whoever started it, however that one ends. */
  readonly diesWithUs: boolean;
};

/** How often an ending is looked for, in milliseconds. */
const LOOK_MS = 20;

/** Lines of a log that tell why a program ended. */
const LAST_LINES = 8;

/** Starts the program and gives who it is; throws when there is no such program. */
export async function launch({ program, args, log, env, diesWithUs }: Launch): Promise<Identity> {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const [first, ...rest] = diesWithUs
    ? ['setpriv', '--pdeathsig', 'KILL', program, ...args]
    : [program, ...args];
  try {
    const child = spawn(first ?? program, rest, {
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env },
      detached: true,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once('spawn', resolve);
    child.once('error', reject);
    await promise;
    child.unref();
    return identify(child.pid ?? 0);
  } finally {
    closeSync(output);
  }
}

/** Sends a signal to the whole group of a program; nothing happens when it lives no more. */
export function signal(who: Identity, name: NodeJS.Signals): void {
  if (!lives(who)) return;
  try {
    process.kill(-who.pid, name);
  } catch (error) {
    // It ended between the look and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Asks a program to end and kills it after so long; resolves once it lives no more. */
export async function end(who: Identity, graceMs: number): Promise<void> {
  signal(who, 'SIGTERM');
  if (await gone(who, graceMs)) return;
  signal(who, 'SIGKILL');
  await gone(who, Number.POSITIVE_INFINITY);
}

/** True once the program lives no more; false when it still does after so long. */
async function gone(who: Identity, limitMs: number): Promise<boolean> {
  const until = performance.now() + limitMs;
  while (lives(who)) {
    if (performance.now() > until) return false;
    await wait(LOOK_MS);
  }
  return true;
}

/** The last lines of a log, for an error that somebody must understand. */
export function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
