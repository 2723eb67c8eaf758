import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { Picture } from '../picture.ts';
import { progressOf, progressWords } from './operation.ts';
import { cut, printable, type View } from './table.ts';
import { age } from './time.ts';

/** An open operation on a terminal: the steps with the present one marked, and below it where it is. */
export function progressLines(
  operation: Operation__Output,
  targets: Picture['targets'],
  options: { readonly wallMs: number; readonly lost: string },
  view: View,
): readonly string[] {
  const { paint, width } = view;
  const steps = operation.steps.map((step, at) => {
    if (at < operation.step) return paint('good', step.transition);
    return at === operation.step ? paint('doing', step.transition) : paint('quiet', step.transition);
  });
  const progress = progressOf(operation, targets);
  const where = [
    age(options.wallMs - operation.acceptedAtMs),
    operation.cancelRequested ? 'cancel asked' : '',
    progress === undefined ? '' : progressWords(progress),
  ];
  const below = cut(printable(where.filter((part) => part !== '').join(' · ')), width);
  const lost = options.lost === '' ? [] : [paint('bad', cut(`${options.lost}; trying again`, width))];
  return [steps.join(paint('quiet', ' → ')), below, ...lost];
}
