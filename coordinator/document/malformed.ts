import { RunControlError } from '../../protos/failure/trouble.ts';
import { PROBLEMS_TOLD_MAX } from './limits.ts';
import type { LinedProblem } from './yaml.ts';

/** The trouble with a file: all its problems in the order of its lines, then those of files that it names. */
export function malformed(file: string, problems: readonly LinedProblem[]): RunControlError {
  const told = problems
    .toSorted((a, b) => Number(a.file !== file) - Number(b.file !== file) || a.line - b.line)
    .slice(0, PROBLEMS_TOLD_MAX)
    .map(({ problem }) => problem);
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const cut = told.length < problems.length ? `, the first ${told.length} of them follow` : '';
  return new RunControlError('MALFORMED', `${file} cannot be used: ${count}${cut}`, { problems: told });
}
