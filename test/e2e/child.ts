// `baton` as a program of its own, for what only a program has: signals and exit codes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../up/site.ts';
import { ENVIRONMENT } from './daq.ts';
import type { Site } from './site.ts';

const PROGRAM = join(import.meta.dirname, '../../coordinator/cli/baton.ts');

export type Child = AsyncDisposable & {
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves once standard output or error holds that text. */
  readonly says: (text: string) => Promise<void>;
  readonly interrupt: () => void;
  /** kill -9. */
  readonly kill: () => void;
  /** Exit code, once it has ended and all it said is read. */
  readonly ended: Promise<number | null>;
};

/** Starts `baton` with these words in the directory `home`; that of the checkout, unless told otherwise. */
export function startBaton(home: string, line: string, program: string = PROGRAM): Child {
  const child = spawn(process.execPath, [program, ...line.split(' ')], {
    cwd: home,
    env: { ...ENVIRONMENT, BATON_ADDRESS: undefined, USER: 'shift' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  const looks = new Set<() => void>();
  const hear = (where: 'out' | 'err') => (chunk: Buffer) => {
    said[where] += chunk.toString();
    for (const look of [...looks]) look();
  };
  child.stdout.on('data', hear('out'));
  child.stderr.on('data', hear('err'));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  return {
    out: () => said.out,
    err: () => said.err,
    says: async (text) => {
      const heard = Promise.withResolvers<true>();
      const look = () => {
        if (`${said.out}${said.err}`.includes(text)) heard.resolve(true);
      };
      looks.add(look);
      look();
      const found = await Promise.race([heard.promise, ended]);
      if (found !== true)
        throw new Error(`ended with ${found} and never said ${text}: ${said.out}${said.err}`);
    },
    interrupt: () => child.kill('SIGINT'),
    kill: () => child.kill('SIGKILL'),
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Pids of everything that the `baton up` of a site has started and not seen ending. */
export function startedPids(site: Site): readonly number[] {
  const { started }: { started: { pid: number }[] } = JSON.parse(
    readFileSync(join(site.directory, 'started.json'), 'utf8'),
  );
  return started.map(({ pid }) => pid);
}

/** Those of the pids that are still taken by a process. */
export function livingOf(pids: readonly number[]): readonly number[] {
  return pids.filter(isAlive);
}
