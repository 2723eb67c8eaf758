// What a schema cannot say: how values of one object agree, and which may change. Only what an operator should be
// told at `kubectl apply`; the whole check is the coordinator's, which tells it in a condition.

import type { Rule, Structural } from './node.ts';

/** `schema` with more at the place that `path` names; `[]` is the entry of a list. Throws Error when it has no such place. */
export function at(schema: Structural, path: string, more: Structural): Structural {
  const [key, ...rest] = path.split('.').filter((part) => part !== '');
  if (key === undefined) return { ...schema, ...more };
  const below = key === '[]' ? schema.items : schema.properties?.[key];
  if (below === undefined) throw new Error(`the schema has no ${path}`);
  const changed = at(below, rest.join('.'), more);
  if (key === '[]') return { ...schema, items: changed };
  return { ...schema, properties: { ...schema.properties, [key]: changed } };
}

/** These rules as a part of a schema. */
export function rules(...all: readonly Rule[]): Structural {
  return { 'x-kubernetes-validations': all };
}

/** Entries of a list are told apart by `key`: two of one name are refused, and each has its own writer. */
export function listBy(key: string): Structural {
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] };
}

/** The value of a key that may not change. */
export function unchanged(key: string): Rule {
  return { rule: `self.${key} == oldSelf.${key}`, message: `${key} cannot be changed` };
}
