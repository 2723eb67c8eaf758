// What can be waited for, and whether it is so. Pure.

import { unreachable } from '../../protos/failure/invariant.ts';
import { type Problem, RunControlError } from '../../protos/failure/trouble.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import { didYouMean } from '../../protos/machine/nearest.ts';
import { list, show } from '../../protos/machine/show.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { isOpen, type Picture } from './picture.ts';
import { statusWord } from './show/operation.ts';
import { standing } from './show/target.ts';

export type Condition =
  /** The partition's common state is this one. */
  | { readonly kind: 'state'; readonly text: string; readonly state: string }
  /** A run goes on, or none does. */
  | { readonly kind: 'run'; readonly text: string; readonly run: 'open' | 'none' }
  /** The operation of that id or number is done; `none`: no operation is open. */
  | { readonly kind: 'operation'; readonly text: string; readonly name: string }
  /** Every target has its process attached, and none is in error. */
  | { readonly kind: 'targets'; readonly text: string };

/** How a condition stands: `never` says why it cannot be met any more. */
export type Judgement = { readonly kind: 'met' | 'open' } | { readonly kind: 'never'; readonly why: string };

/** The forms, for people. */
export const CONDITIONS_WANTED =
  'state=STATE, run=open, run=none, operation=ID, operation=none or targets=ready';

/** What was asked to be waited for. Throws RunControlError MALFORMED with all that is wrong. */
export function parseConditions(texts: readonly string[]): readonly Condition[] {
  const parsed = texts.map(parseCondition);
  const problems = parsed.flatMap((each) => ('want' in each ? [each] : []));
  if (problems.length > 0) {
    throw new RunControlError('MALFORMED', 'that cannot be waited for', { problems });
  }
  return parsed.flatMap((each) => ('kind' in each ? [each] : []));
}

/** Throws RunControlError MALFORMED when a condition names a state that the machine does not have. */
export function checkStates(conditions: readonly Condition[], machine: Machine): void {
  const states = [...machine.states.map((each) => each.name), 'mixed', 'unknown'];
  const problems = conditions.flatMap((each): Problem[] => {
    if (each.kind !== 'state' || states.includes(each.state)) return [];
    const want = `a state of ${machine.name} (${list(states)})${didYouMean(each.state, states)}`;
    return [{ path: '--for', want, got: show(each.state) }];
  });
  if (problems.length > 0) throw new RunControlError('MALFORMED', 'that will never be so', { problems });
}

/** Whether a condition holds in a picture; `asked` is the operation that it names, as far as it is known. */
export function judge(
  condition: Condition,
  picture: Picture,
  asked: Operation__Output | undefined,
): Judgement {
  const { partition, targets } = picture;
  switch (condition.kind) {
    case 'state':
      return met(partition.state === condition.state);
    case 'run':
      return met((partition.run?.status === 'RUN_STATUS_OPEN') === (condition.run === 'open'));
    case 'targets':
      return met([...targets.values()].every(({ view }) => ['settled', 'doing'].includes(standing(view))));
    case 'operation':
      if (condition.name === 'none') {
        return met(partition.operation === null || !isOpen(partition.operation));
      }
      return asked === undefined ? { kind: 'open' } : judgeOperation(asked);
    default:
      return unreachable(condition);
  }
}

function judgeOperation(operation: Operation__Output): Judgement {
  if (isOpen(operation)) return { kind: 'open' };
  if (operation.status === 'OPERATION_STATUS_SUCCEEDED') return { kind: 'met' };
  const cause = operation.cause === '' ? '' : `: ${operation.cause}`;
  return { kind: 'never', why: `${operation.title} ${statusWord(operation)}${cause}` };
}

function met(isSo: boolean): Judgement {
  return { kind: isSo ? 'met' : 'open' };
}

function parseCondition(text: string): Condition | Problem {
  const at = text.indexOf('=');
  const [key, value] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  if (key === 'state' && value !== '') return { kind: 'state', text, state: value };
  if (key === 'operation' && value !== '') return { kind: 'operation', text, name: value };
  if (key === 'run' && (value === 'open' || value === 'none')) return { kind: 'run', text, run: value };
  if (text === 'targets=ready') return { kind: 'targets', text };
  const hint = didYouMean(
    key,
    ['state', 'run', 'operation', 'targets'].filter((known) => known !== key),
  );
  return { path: '--for', want: `${CONDITIONS_WANTED}${hint}`, got: show(text) };
}
