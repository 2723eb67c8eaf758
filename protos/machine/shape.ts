// What a schema says of a value, in the project's own words: every fault with path, wanted and got.

import { z } from 'zod';
import { type FieldPath, pathText } from './fieldPath.ts';
import { didYouMean } from './nearest.ts';
import { list, show } from './show.ts';

/** One fault of a value, with the path as data so that a document can say the line too. */
export type Fault = { readonly path: FieldPath; readonly want: string; readonly got: string };

/** What a parser gives: the value, or all that is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly faults: readonly Fault[] };

/** Parses `raw`, with all faults at once. A schema's own error texts must be what it wants: "a duration". */
export function parseShape<T>(schema: z.ZodType<T>, raw: unknown): Parsed<T> {
  const result = schema.safeParse(raw, { error: wanted, reportInput: true });
  if (result.success) return { value: result.data };
  return { faults: result.error.issues.flatMap((issue) => faultsOf(issue, [])) };
}

/** One line per fault without a place in a file: `transitions[0].to: want a string, got 7`. */
export function faultPath(fault: Fault): string {
  return pathText(fault.path) || 'the whole';
}

type Issue = z.core.$ZodIssue;

function faultsOf(issue: Issue, above: FieldPath): readonly Fault[] {
  const path = [...above, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = issue.message.split(', ');
        const want = `one of the keys ${issue.message}${didYouMean(key, known)}`;
        return { path: [...path, key], want, got: show(key) };
      });
    case 'invalid_union':
      // A union by a key has no branch to speak of when the key names none.
      if (issue.errors.length === 0) return [{ path, want: issue.message, got: show(keyOf(issue)) }];
      return unionFaults(issue.errors, path, issue.input);
    case 'invalid_key':
      return issue.issues.map((inner) => ({ path, want: inner.message, got: show(path.at(-1)) }));
    default:
      return [{ path, want: issue.message, got: show(issue.input) }];
  }
}

/** Of the forms that a value may have, speak of the one that it comes nearest to. */
function unionFaults(
  branches: readonly (readonly Issue[])[],
  path: FieldPath,
  input: unknown,
): readonly Fault[] {
  const near = branches
    .filter((issues) => !issues.some((issue) => issue.path.length === 0 && isOfOtherKind(issue)))
    .map((issues) => issues.flatMap((issue) => faultsOf(issue, path)))
    .toSorted((a, b) => a.length - b.length);
  if (near[0] !== undefined) return near[0];
  const wants = branches.flatMap((issues) => issues.map((issue) => issue.message));
  return [{ path, want: [...new Set(wants)].join(', or '), got: show(input) }];
}

/** A list where a map is wanted, or a word that is none of the choices: another branch is meant. */
function isOfOtherKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

/** The want of an issue whose schema does not say it itself. */
function wanted(issue: z.core.$ZodRawIssue): string {
  const { schema, inst } = issue;
  const owner = schema ?? inst;
  if (owner instanceof z.ZodNumber) return wantedNumber(owner);
  switch (issue.code) {
    case 'unrecognized_keys':
      return owner instanceof z.ZodObject ? list(Object.keys(owner.shape)) : 'no such key';
    case 'invalid_type':
      return KINDS[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return wantedChoice(issue.values, issue.input);
    case 'invalid_union':
      return wantedChoice(choicesOf(issue), keyOf(issue));
    case 'too_small':
      return `at least ${amount(Number(issue.minimum), issue.origin)}`;
    case 'too_big':
      return `at most ${amount(Number(issue.maximum), issue.origin)}`;
    default:
      return 'another form';
  }
}

function amount(count: number, origin: string): string {
  if (origin === 'string') return count === 1 ? 'one character' : `${count} characters`;
  return count === 1 ? 'one entry' : `${count} entries`;
}

const KINDS: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

type UnionIssue = Pick<z.core.$ZodIssueInvalidUnion, 'discriminator' | 'input'>;

/** The value of the key by which a union chooses. */
function keyOf({ discriminator, input }: UnionIssue): unknown {
  const hasKey = typeof input === 'object' && input !== null && discriminator !== undefined;
  return hasKey ? Reflect.get(input, discriminator) : input;
}

/** The values of that key that the union knows. */
function choicesOf(issue: object): readonly z.core.util.Primitive[] {
  const options: unknown = Reflect.get(issue, 'options');
  return Array.isArray(options) ? options.filter((option) => typeof option === 'string') : [];
}

function wantedNumber(schema: z.ZodNumber): string {
  const kind = schema.isInt ? 'an integer' : 'a number';
  const { minValue: min, maxValue: max } = schema;
  const bounded = min !== null && max !== null && Number.isFinite(min) && Number.isFinite(max);
  return bounded && !(min === Number.MIN_SAFE_INTEGER && max === Number.MAX_SAFE_INTEGER)
    ? `${kind} in ${min}..${max}`
    : kind;
}

function wantedChoice(values: readonly z.core.util.Primitive[], input: unknown): string {
  const words = values.map(String);
  if (words.length === 1) return list(words);
  return `one of ${list(words)}${typeof input === 'string' ? didYouMean(input, words) : ''}`;
}
