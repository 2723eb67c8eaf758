import { unreachable } from '../failure/invariant.ts';
import { TEXT_LENGTH_MAX } from './limits.ts';
import { list } from './show.ts';
import type { Argument } from './table.ts';

/** What `argument` wants when `value` does not fit it; undefined when it fits. */
export function misfit(argument: Argument, value: unknown): string | undefined {
  return fits(argument, value) ? undefined : wanted(argument);
}

/** What fits an argument, as text for people: `an integer in 1..10 Hz`. */
export function wanted(argument: Argument): string {
  const unit = argument.unit === '' ? '' : ` ${argument.unit}`;
  switch (argument.type) {
    case 'integer':
      return `an integer${range(argument)}${unit}`;
    case 'number':
      return `a number${range(argument)}${unit}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return argument.oneOf.length === 0
        ? `a string of at most ${TEXT_LENGTH_MAX} characters`
        : `one of ${list(argument.oneOf)}`;
    default:
      return unreachable(argument.type);
  }
}

function fits(argument: Argument, value: unknown): boolean {
  switch (argument.type) {
    case 'integer':
      return Number.isSafeInteger(value) && inRange(argument, value);
    case 'number':
      return Number.isFinite(value) && inRange(argument, value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) return false;
      return argument.oneOf.length === 0 || argument.oneOf.includes(value);
    default:
      return unreachable(argument.type);
  }
}

function inRange(argument: Argument, value: unknown): boolean {
  if (typeof value !== 'number') return false;
  return value >= (argument.min ?? -Infinity) && value <= (argument.max ?? Infinity);
}

function range({ min, max }: Argument): string {
  if (min !== undefined && max !== undefined) return ` in ${min}..${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}
