// A program of the benchmark that runs beside this one: asked by messages, and ended with this one, however
// that ends.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Question } from './messages.ts';

/** An answer that takes longer is a fault of the benchmark, in milliseconds. */
const ANSWER_MS_MAX = 60_000;

/** How long a child may take to end by itself, in milliseconds; then it is killed. */
const END_MS_MAX = 5_000;

/** A program that answers questions, one at a time. Disposing it ends it. */
export type Child = AsyncDisposable & {
  /** Asks; rejects when the child ends first, answers something else or takes too long. */
  ask<Answer>(question: Question, schema: z.ZodType<Answer>): Promise<Answer>;
};

export type Program = {
  readonly file: 'client.ts' | 'host.ts';
  /** Folder for its processor profile, or empty. */
  readonly profiles: string;
  /** Words for an error, and the name of its profile. */
  readonly name: string;
  /** Kills it when it aborts. */
  readonly signal?: AbortSignal | undefined;
};

/** Starts a program of this folder. */
export function startChild({ file, profiles, name, signal }: Program): Child {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    // Not what this process was started with: a test runner has flags of its own.
    execArgv:
      profiles === ''
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}.cpuprofile`],
    // Whatever it prints is an error, and standard output belongs to the report.
    stdio: ['ignore', 2, 2, 'ipc'],
    ...(signal === undefined ? {} : { signal }),
  });
  // That it was aborted is told by its end.
  child.on('error', () => undefined);
  return {
    ask: async (question, schema) => schema.parse(await answerOf(child, name, question)),
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** Answers the process that forked this one, until it goes; then this one ends. */
export function answerParent(answer: (question: unknown) => Promise<object>): void {
  // Ctrl-C reaches every process of the terminal; the parent ends us once it has tidied up.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit());
  process.on('message', (question) => {
    answer(question).then((words) => process.send?.(words), fail);
  });
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

async function answerOf(child: ChildProcess, name: string, question: Question): Promise<unknown> {
  if (!child.connected) throw new Error(`the ${name} has ended`);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const onExit = (code: number | null) => reject(new Error(`the ${name} ended (${code}) before it answered`));
  const late = setTimeout(
    () => reject(new Error(`the ${name} did not answer within ${ANSWER_MS_MAX} ms`)),
    ANSWER_MS_MAX,
  );
  child.once('message', resolve);
  child.once('exit', onExit);
  child.send(question);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    child.off('message', resolve);
    child.off('exit', onExit);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const kill = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX);
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(kill);
}
