// An example of a code: made by running the program's own code, told in the program's own words.

import { explain } from '../../coordinator/cli/explain.ts';
import { fromStatus, isServiceError } from '../../protos/failure/status.ts';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';

/** What somebody was told, and under which code. */
export type Said = { readonly code: string; readonly words: string };

/** Runs the program's code until it says this. */
export type Example = () => Promise<Said>;

/** How `baton` tells of a trouble that a call or a command ended with. */
export async function toldByBaton(asked: Promise<unknown>): Promise<Said> {
  const error = await troubleOf(asked);
  return { code: error.code, words: plain(explain(error).lines.join('\n')) };
}

/** How a program that ends with a trouble tells of it. */
export async function toldAtEnd(program: string, started: Promise<unknown>): Promise<Said> {
  const { code, message, problems } = await troubleOf(started);
  const lines = [`${program}: ${message}`, ...problems.map((problem) => `  ${problemLine(problem)}`)];
  return { code, words: plain(lines.join('\n')) };
}

/** The trouble that a promise rejects with. */
export async function troubleOf(asked: Promise<unknown>): Promise<RunControlError> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RunControlError) return error;
  if (isServiceError(error)) return fromStatus(error);
  throw new Error(`an example ends with trouble, not with ${String(error)}`);
}

/** What differs from one run to the next is replaced. */
export function plain(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:7400')
    .replaceAll(/\/\S*\/baton-[a-z]+-\w+/g, '/daq')
    .replaceAll(/process \d+/g, 'process 4711');
}
