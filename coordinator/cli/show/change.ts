// One line per change, for a watch without a terminal.

import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { TargetView__Output } from '../../../protos/generated/baton/v1/TargetView.ts';
import type { Picture } from '../picture.ts';
import { isOpen } from '../picture.ts';
import { count, progressOf, progressWords, statusWord } from './operation.ts';
import { printable } from './table.ts';
import { stateWord, troubleWords } from './target.ts';
import { took } from './time.ts';

/** What changed at a target, one line; undefined when nothing that people look at did. */
export function targetChange(
  before: TargetView__Output | undefined,
  after: TargetView__Output,
): string | undefined {
  const state = stateWord(after);
  const was = before === undefined ? undefined : stateWord(before);
  const parts = [
    was === state ? '' : was === undefined ? state : `${was} → ${state}`,
    after.doing === (before?.doing ?? '') || after.doing === '' ? '' : `begins ${after.doing}`,
    after.leaving && before?.leaving !== true ? 'leaves' : '',
    troubleChange(before, after),
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : `${after.target} ${printable(parts.join('; '))}`;
}

/** Where an operation is or how it ended, one line. */
export function operationChange(operation: Operation__Output, targets: Picture['targets']): string {
  if (!isOpen(operation)) {
    const lasted = took(operation.finishedAtMs - operation.acceptedAtMs);
    const cause = operation.cause === '' ? '' : `: ${printable(operation.cause)}`;
    return `${operation.title} ${statusWord(operation)} in ${lasted}${cause}`;
  }
  const progress = progressOf(operation, targets);
  const words = progress === undefined ? count(operation.steps.length, 'step') : progressWords(progress);
  return `${operation.title}: ${words}`;
}

/** The partition's own state and run, one line. */
export function partitionChange(picture: Picture): string {
  const { name, state, run } = picture.partition;
  const parts = [`${name} is ${state === '' ? 'unknown' : state}`];
  if (run?.status === 'RUN_STATUS_OPEN') parts.push(`run ${run.number} goes on`);
  if (run?.status === 'RUN_STATUS_CLEAN') parts.push(`run ${run.number} ended clean`);
  if (run?.status === 'RUN_STATUS_UNCLEAN') parts.push(`run ${run.number} ended unclean: ${run.cause}`);
  return printable(parts.join(', '));
}

function troubleChange(before: TargetView__Output | undefined, after: TargetView__Output): string {
  const now = troubleWords(after);
  const then = before === undefined ? '' : troubleWords(before);
  return now === then || now === '' ? '' : now;
}
