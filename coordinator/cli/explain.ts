import { InvariantViolation } from '../../protos/failure/invariant.ts';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import { CONSEQUENCES, EXIT, type ExitCode } from './exit.ts';
import { printable } from './show/table.ts';

export type Explained = { readonly exit: ExitCode; readonly lines: readonly string[] };

/** What an error means for the person at the keyboard: never a stack trace. */
export function explain(error: unknown): Explained {
  if (error instanceof RunControlError) {
    const { exit, next } = CONSEQUENCES[error.code];
    const problems = error.problems.map((problem) => `  ${printable(problemLine(problem))}`);
    const [first = '', ...more] = error.message.split('\n').map(printable);
    return { exit, lines: [`baton: ${first}`, ...more, ...problems, `next: ${next}`] };
  }
  const words = error instanceof Error ? error.message : String(error);
  const kind = error instanceof InvariantViolation ? 'a broken rule' : 'something nobody thought of';
  return {
    exit: EXIT.failed,
    lines: [
      `baton: ${kind}: ${printable(words)}`,
      'now: this is a bug in baton; what was asked may or may not have been done',
      'next: look with baton status; BATON_DEBUG=1 shows where it happened',
    ],
  };
}
