import type { Problem } from '../../failure/trouble.ts';
import { TEXT_LENGTH_MAX } from '../limits.ts';
import { show } from '../show.ts';
import type { Argument } from '../table.ts';
import { misfit } from '../value.ts';

/** An argument's limits make sense for its type and its default keeps to them. */
export function* checkArgument(path: string, argument: Argument): Generator<Problem> {
  yield* bounds(path, argument);
  yield* choices(path, argument);
  if (argument.default === undefined) return;
  if (argument.required) {
    yield {
      path: `${path}.default`,
      want: 'no default for a required argument',
      got: show(argument.default),
    };
  }
  const want = misfit(argument, argument.default);
  if (want !== undefined) yield { path: `${path}.default`, want, got: show(argument.default) };
}

function* bounds(path: string, argument: Argument): Generator<Problem> {
  const numeric = argument.type === 'integer' || argument.type === 'number';
  for (const key of ['min', 'max'] as const) {
    const bound = argument[key];
    if (bound === undefined) continue;
    if (!numeric) {
      yield { path: `${path}.${key}`, want: `no limit for a ${argument.type}`, got: show(bound) };
    } else if (!Number.isFinite(bound)) {
      yield { path: `${path}.${key}`, want: 'a finite number', got: show(bound) };
    } else if (argument.type === 'integer' && !Number.isSafeInteger(bound)) {
      yield { path: `${path}.${key}`, want: 'an integer, as the argument is one', got: show(bound) };
    }
  }
  const { min, max } = argument;
  if (min !== undefined && max !== undefined && min > max) {
    yield { path: `${path}.min`, want: `at most max, which is ${max}`, got: String(min) };
  }
}

function* choices(path: string, argument: Argument): Generator<Problem> {
  if (argument.type !== 'string' && argument.oneOf.length > 0) {
    yield { path: `${path}.oneOf`, want: `no choices for a ${argument.type}`, got: show(argument.oneOf) };
  }
  for (const [at, choice] of argument.oneOf.entries()) {
    if (argument.oneOf.indexOf(choice) !== at) {
      yield { path: `${path}.oneOf[${at}]`, want: 'each choice once', got: `${show(choice)} again` };
    }
    if (choice.length > TEXT_LENGTH_MAX) {
      yield {
        path: `${path}.oneOf[${at}]`,
        want: `at most ${TEXT_LENGTH_MAX} characters`,
        got: String(choice.length),
      };
    }
  }
}
