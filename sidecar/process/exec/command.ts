// One command: a group of its own, what it prints passed on, the end of its complaints kept.

import { type ChildProcess, spawn } from 'node:child_process';
import { begin, type NotStarted } from '../../../protos/begin.ts';
import { type Exit, exitOf } from '../../../protos/exit.ts';
import { type Identity, identify } from '../../../protos/procfs.ts';
import { Head, Tail } from './output.ts';

/** How long the pipes of a command that has ended are read on, in milliseconds: what it left may hold them. */
const LAST_WORDS_MS_MAX = 500;

export type Program = {
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it reads on its standard input. */
  readonly input: string;
};

export type Ended = {
  readonly exit: Exit;
  /** The beginning of its standard output. */
  readonly output: string;
  /** The end of its standard error. */
  readonly complaints: string;
};

export type Command = {
  /** Pid 0 when it could not be started. */
  readonly identity: Identity;
  /** Lets the program begin. */
  readonly begin: () => void;
  /** Resolves once it has ended; never rejects. */
  readonly ended: Promise<Ended>;
  /** To it and to all that is left of its group. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** It goes on without us. */
  readonly leave: () => void;
};

/**
 * A shell that becomes the program once a line comes: so that its pid can be remembered before it does anything.
 * When the sidecar dies before that the line never comes, and nothing is begun.
 */
const GATE = ['/bin/sh', '-c', 'read -r line <&3 || exit 125; exec 3<&-; exec "$@"', 'baton-exec'];

/** Makes everything ready for a program, which begins with `begin`. Never throws. */
export function prepare(program: Program, say: (chunk: Buffer) => void): Command {
  const [file = '', ...words] = [...GATE, ...program.command];
  const begun = begin(() =>
    spawn(file, words, {
      cwd: program.workingDirectory,
      env: program.environment,
      // Its own group: what it starts goes with it when it is given up.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    }),
  );
  if (begun.child === undefined) return neverBegun(begun.why, program.workingDirectory);
  const { child } = begun;
  const [input, output, errors, gate] = child.stdio;
  const [head, tail] = [new Head(), new Tail()];
  for (const [pipe, keep] of [
    [output, head],
    [errors, tail],
  ] as const) {
    pipe?.on('data', (chunk: Buffer) => {
      keep.push(chunk);
      say(chunk);
    });
  }
  // A program need not read what it is told; that it does not is no fault.
  for (const pipe of child.stdio) pipe?.on('error', () => undefined);
  input?.end(program.input);
  const ended = exitOfCommand(child, program.workingDirectory).then((exit) => {
    for (const pipe of child.stdio) pipe?.destroy();
    return { exit, output: head.text(), complaints: tail.text() };
  });
  const { pid } = child;
  return {
    identity: pid === undefined ? { pid: 0, startTime: '' } : identify(pid),
    begin: () => {
      if (gate !== null && gate !== undefined && 'end' in gate) gate.end('\n');
    },
    ended,
    signal: (name) => {
      if (pid !== undefined) signalGroup(pid, name);
    },
    leave: () => {
      child.unref();
      for (const pipe of child.stdio)
        if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
    },
  };
}

function neverBegun(why: Promise<NotStarted>, directory: string): Command {
  return {
    identity: { pid: 0, startTime: '' },
    begin: () => undefined,
    ended: why.then(({ cause }) => ({ exit: notStarted(cause, directory), output: '', complaints: '' })),
    signal: () => undefined,
    leave: () => undefined,
  };
}

function notStarted(cause: string, directory: string): NotStarted {
  return { kind: 'notStarted', cause: `${cause} in ${directory}` };
}

/** Sends a signal to a group; does nothing when nobody is left in it. */
export function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    // ESRCH: nobody is left. EPERM: on some systems for a group of zombies.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function exitOfCommand(child: ChildProcess, directory: string): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  child.on('error', (error) => {
    if (child.pid === undefined) resolve(notStarted(error.message, directory));
  });
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
