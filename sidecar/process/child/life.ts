// One life of a child: begun with the sidecar, and the sidecar ends with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { begin, type NotStarted } from '../../../protos/begin.ts';
import { type Exit, exitOf } from '../../../protos/exit.ts';
import { assert } from '../../../protos/failure/invariant.ts';
import { type Identity, identify } from '../../../protos/procfs.ts';
import { startGuard } from './guard.ts';

/** How long the output of an ended process is read on, in milliseconds: a stranger may hold it. */
const LAST_WORDS_MS_MAX = 1_000;

export type Program = {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** Added to the sidecar's own. */
  readonly environment: Readonly<Record<string, string>>;
};

/** Where the child's words go: its standard error, and what it says on its output that is no message. */
export type Words = { readonly fd: number; write(text: string | Buffer): unknown };

export type Life = {
  readonly identity: Identity;
  /** Names this life: pid and start time in this boot; a random one where they cannot be told. */
  readonly startId: string;
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves once it has ended and its last words are read; never rejects. */
  readonly ended: Promise<Exit>;
  /** Does nothing once it has ended. */
  readonly signal: (name: NodeJS.Signals) => void;
};

/**
 * Starts a program. It stays in the process group of the sidecar: who ends a sidecar by its group ends it too.
 * Never throws; a program that cannot be started ends as `notStarted`.
 */
export function beginLife(program: Program, words: Words): Life {
  const [file = '', ...rest] = program.command;
  const begun = begin(() =>
    spawn(file, rest, {
      cwd: program.workingDirectory,
      env: { ...process.env, ...program.environment },
      stdio: ['pipe', 'pipe', words.fd],
    }),
  );
  if (begun.child === undefined) return neverBegun(begun.why);
  const { child } = begun;
  const { stdin, stdout } = child;
  assert(stdin !== null && stdout !== null, 'the input and output of a child are piped');
  const identity = child.pid === undefined ? { pid: 0, startTime: '' } : identify(child.pid);
  const guard = child.pid === undefined ? undefined : startGuard(identity);
  const startId = identity.startTime === '' ? randomUUID() : `${identity.pid}-${identity.startTime}`;
  const ended = endOf(child).finally(() => guard?.[Symbol.dispose]());
  return {
    identity,
    startId,
    input: stdin,
    output: stdout,
    ended,
    signal: (name) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(name);
    },
  };
}

/** Nobody reads its input, and its output stays silent. */
function neverBegun(ended: Promise<NotStarted>): Life {
  return {
    identity: { pid: 0, startTime: '' },
    startId: randomUUID(),
    input: new PassThrough(),
    output: new PassThrough(),
    ended,
    signal: () => undefined,
  };
}

function endOf(child: ChildProcess): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  child.once('error', (error) => {
    // An error of a process that lives is a signal that could not be sent; its end is still to come.
    if (child.pid === undefined) resolve({ kind: 'notStarted', cause: error.message });
  });
  child.on('error', () => undefined);
  child.once('exit', (code, signal) => {
    const exit = exitOf(code, signal);
    const late = setTimeout(resolve, LAST_WORDS_MS_MAX, exit);
    child.once('close', () => {
      clearTimeout(late);
      resolve(exit);
    });
  });
  return promise;
}
