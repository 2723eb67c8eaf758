// A value with faults, made readable so that the rest of it can be checked: what cannot be read is replaced by
// something harmless, and its place is remembered, for whatever is found wrong there is the same fault again.

import type { z } from 'zod';
import type { FieldPath } from '../../protos/machine/fieldPath.ts';

/** Each round mends all that the schema complains of; what lies deeper shows in the next one. */
const ROUNDS_MAX = 8;

/** No schema looks deeper than this. */
const DEPTH_MAX = 16;

export type Repaired<T> = {
  readonly value: T;
  /** Places that hold something else than what was written. */
  readonly unread: readonly FieldPath[];
};

/** What stands in for the value at a path; undefined: it is left out. */
export type Substitute = (path: FieldPath) => unknown;

/** `raw` as the schema wants it, with substitutes where it is not so; undefined when nothing of it can be used. */
export function repair<T>(
  schema: z.ZodType<T>,
  raw: unknown,
  substitute: Substitute,
): Repaired<T> | undefined {
  const copy = unshared(raw, DEPTH_MAX);
  const unread = new Map<string, FieldPath>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const result = schema.safeParse(copy);
    if (result.success) return { value: result.data, unread: [...unread.values()] };
    for (const issue of result.error.issues) {
      const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) replace(copy, [...path, key], undefined);
        continue;
      }
      // What did not help at its place is mended further up.
      let at = path;
      while (at.length > 0 && (unread.has(keyOf(at)) || !replace(copy, at, substitute(at)))) {
        unread.set(keyOf(at), at);
        at = at.slice(0, -1);
      }
      if (at.length === 0) return undefined;
      unread.set(keyOf(at), at);
    }
  }
  return undefined;
}

/** True when `path` is one of the places or lies within one. */
export function isWithin(path: FieldPath, places: readonly FieldPath[]): boolean {
  return places.some((place) => place.every((part, at) => path[at] === part));
}

/** A copy in which an alias of YAML is a value of its own: what is mended in one place stays as it is elsewhere. */
function unshared(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((each) => unshared(each, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unshared(each, depth - 1)]));
}

function keyOf(path: FieldPath): string {
  return JSON.stringify(path);
}

/** False when it cannot be done: a list must keep its places, so nothing can be left out of it. */
function replace(root: unknown, path: FieldPath, value: unknown): boolean {
  const holder = path.slice(0, -1).reduce<unknown>(memberOf, root);
  const last = path.at(-1);
  if (typeof holder !== 'object' || holder === null || last === undefined) return false;
  if (value !== undefined) return Reflect.set(holder, last, value);
  return Array.isArray(holder) ? false : Reflect.deleteProperty(holder, last);
}

function memberOf(holder: unknown, key: string | number): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}
