// What an operator gives with a transition, brought to what the process gets.

import { unreachable } from '../failure/invariant.ts';
import type { Problem } from '../failure/trouble.ts';
import { didYouMean } from './nearest.ts';
import { list, show } from './show.ts';
import type { Argument, Arguments, MachineTransition } from './table.ts';
import { misfit, wanted } from './value.ts';

/** Values that may be sent, or everything that is wrong with what was given. */
export type ParsedArguments = { readonly values: Arguments } | { readonly problems: readonly Problem[] };

/**
 * Checks what was given against the table and fills in defaults. All problems at once, each with the path
 * `arguments.<name>`. An argument without a value and a default is left out.
 */
export function parseArguments(
  transition: MachineTransition,
  given: Readonly<Record<string, unknown>>,
): ParsedArguments {
  const problems = [...unknownArguments(transition, given)];
  const values: [string, string | number | boolean][] = [];
  for (const argument of transition.arguments) {
    // An argument may be called "constructor": only what was really given counts.
    const value = Object.hasOwn(given, argument.name) ? given[argument.name] : undefined;
    const taken = value ?? argument.default;
    const path = `arguments.${argument.name}`;
    if (taken === undefined) {
      if (argument.required) problems.push({ path, want: wanted(argument), got: show(value) });
    } else if (isFitting(argument, taken)) {
      values.push([argument.name, taken]);
    } else {
      problems.push({ path, want: wanted(argument), got: show(taken) });
    }
  }
  return problems.length > 0 ? { problems } : { values: Object.fromEntries(values) };
}

/** The value that `text` from a command line (`name=text`) stands for, or what is wrong with it. */
export function parseArgumentText(
  argument: Argument,
  text: string,
): { readonly value: string | number | boolean } | { readonly problem: Problem } {
  const value = read(argument, text);
  if (value !== undefined && misfit(argument, value) === undefined) return { value };
  return { problem: { path: `arguments.${argument.name}`, want: wanted(argument), got: show(text) } };
}

function* unknownArguments(
  transition: MachineTransition,
  given: Readonly<Record<string, unknown>>,
): Generator<Problem> {
  const names = transition.arguments.map((argument) => argument.name);
  for (const [name, value] of Object.entries(given)) {
    if (names.includes(name)) continue;
    yield {
      path: `arguments.${name}`,
      want: `an argument of ${transition.name} (${list(names)})${didYouMean(name, names)}`,
      got: show(value),
    };
  }
}

function isFitting(argument: Argument, value: unknown): value is string | number | boolean {
  return misfit(argument, value) === undefined;
}

function read(argument: Argument, text: string): string | number | boolean | undefined {
  switch (argument.type) {
    case 'integer':
    case 'number':
      // Number() would read "" as 0 and "0x10" as 16.
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : undefined);
    case 'string':
      return text;
    default:
      return unreachable(argument.type);
  }
}
