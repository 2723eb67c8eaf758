// One process that `baton up` started.

import { type ChildProcess, spawn } from 'node:child_process';
import { begin } from '../../protos/begin.ts';
import { type Exit, exitOf, exitWords } from '../../protos/exit.ts';
import { type Identity, identify } from '../../protos/procfs.ts';
import type { LogFile } from './logfile.ts';

export type Program = {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Where what a child says goes. */
export type Logs = {
  readonly log: LogFile;
  /** What it says on its standard error; without it that goes into the log too. */
  readonly errors?: LogFile;
};

export type Child = {
  readonly identity: Identity;
  readonly ended: Promise<Exit>;
  /** Sends the signal to the process, SIGKILL to all of its group; does nothing once it has ended. */
  readonly signal: (signal: 'SIGTERM' | 'SIGKILL') => void;
};

/** How long the pipes of an ended process are read on, in milliseconds: a stranger may hold them. */
const LAST_WORDS_MS_MAX = 1_000;

/** What must know of every child, whoever starts it. */
export type Registry = {
  readonly began: (identity: Identity) => void;
  readonly ended: (identity: Identity) => void;
};

/** Starts a program in a group of its own; what it says goes into the logs. Never throws. */
export function startChild(program: Program, { log, errors = log }: Logs, registry: Registry): Child {
  const [file = '', ...words] = program.command;
  const begun = begin(() =>
    spawn(file, words, {
      cwd: program.workingDirectory,
      env: program.environment,
      // Its own group: the terminal's Ctrl-C is for `baton up` alone, and a kill reaches what it started.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const { child } = begun;
  const pid = child?.pid;
  const identity = pid === undefined ? { pid: 0, startTime: '' } : identify(pid);
  const mark = (words: string) => {
    for (const each of new Set([log, errors])) each.write(`---- ${new Date().toISOString()} ${words}\n`);
  };
  mark(`${program.command.join(' ')} (pid ${identity.pid})`);
  child?.stdout.on('data', log.write);
  child?.stderr.on('data', errors.write);
  if (pid !== undefined) registry.began(identity);
  const ended = (begun.child === undefined ? begun.why : endOf(begun.child)).then((exit) => {
    mark(exitWords(exit));
    registry.ended(identity);
    return exit;
  });
  return {
    identity,
    ended,
    signal: (signal) => {
      if (child === undefined || pid === undefined || child.exitCode !== null || child.signalCode !== null)
        return;
      if (signal === 'SIGKILL') signalGroup(pid, signal);
      else child.kill(signal);
    },
  };
}

/** Resolves once the process has ended and its last words are read. */
function endOf(child: ChildProcess): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  child.once('error', (error) => resolve({ kind: 'notStarted', cause: error.message }));
  child.once('exit', (code, signal) => {
    const exit = exitOf(code, signal);
    // What it started and left behind must not hold its ports, nor its pipes.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    const late = setTimeout(resolve, LAST_WORDS_MS_MAX, exit);
    child.once('close', () => {
      clearTimeout(late);
      resolve(exit);
    });
  });
  return promise;
}

function signalGroup(pid: number, signal: 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nobody is left in the group. EPERM: on some systems for a group of zombies.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
