import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import { BATON_BUG, CONSEQUENCES, type ExitCode } from './exit.ts';
import { printable } from './show/table.ts';

export type Explained = { readonly exit: ExitCode; readonly lines: readonly string[] };

/** What an error means for the person at the keyboard: never a stack trace. */
export function explain(error: unknown): Explained {
  if (!(error instanceof RunControlError)) return explainBug(error);
  const { exit, now, ...usual } = CONSEQUENCES[error.code];
  // Who was at the door of a cluster knows better what helps than a table does.
  const { next = usual.next } = error.facts;
  const problems = error.problems.map((problem) => `  ${printable(problemLine(problem))}`);
  const [first = '', ...more] = error.message.split('\n').map(printable);
  // Whoever waited knows better what is true now than a table does.
  const knows = more.some((line) => line.startsWith('now: '));
  const ends = [...(knows ? [] : [`now: ${now}`]), `next: ${printable(next)}`];
  return { exit, lines: [`baton: ${first}`, ...more, ...problems, ...ends] };
}

function explainBug(error: unknown): Explained {
  const [words = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const { exit, now, next } = BATON_BUG;
  return { exit, lines: [`baton: a bug: ${printable(words)}`, `now: ${now}`, `next: ${next}`] };
}
