// Forms of one value, told apart by the word at one key, as a single structural schema: the keys of all forms, and
// a rule per form which says what it does not take.

import type { Rule, Structural } from './node.ts';

/** One form: an object that has `word` at the key. */
export type Branch = {
  readonly word: string;
  /** It is meant when the key is left out. */
  readonly isDefault: boolean;
  readonly schema: Structural;
};

/** All the branches in one schema. */
export function merged(key: string, branches: readonly Branch[]): Structural {
  const whole = branches.map(({ schema }) => schema).reduce(both);
  const words = branches.map(({ word }) => word);
  const properties = {
    ...whole.properties,
    [key]: { ...whole.properties?.[key], type: 'string', enum: words },
  };
  const rules = branches.flatMap((branch) => foreign(key, branch, properties));
  return {
    ...whole,
    properties,
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  };
}

/** A branch does not take the keys that only others have. Those of two kinds no rule can see. */
function foreign(
  key: string,
  { word, isDefault, schema }: Branch,
  properties: Readonly<Record<string, Structural>>,
): readonly Rule[] {
  const own = Object.keys(schema.properties ?? {});
  const others = Object.keys(properties).filter(
    (name) => !own.includes(name) && properties[name]?.type !== undefined,
  );
  if (others.length === 0) return [];
  const meant = isDefault
    ? `!has(self.${key}) || self.${key} == '${word}'`
    : `has(self.${key}) && self.${key} == '${word}'`;
  return [
    {
      rule: `!(${meant}) || !(${others.map((name) => `has(self.${name})`).join(' || ')})`,
      message: `with ${key} ${word} only the keys ${own.join(', ')}`,
    },
  ];
}

/** What holds for either: objects with the keys of both, else whatever the API server does not look into. */
function both(a: Structural, b: Structural): Structural {
  if (JSON.stringify(a) === JSON.stringify(b)) return a;
  const description = [...new Set([a.description, b.description])].filter((text) => text !== undefined);
  const told = description.length === 0 ? {} : { description: description.join(' Or: ') };
  if (a.properties === undefined || b.properties === undefined) {
    const isString = a.type === 'string' && b.type === 'string';
    return isString ? { ...told, type: 'string' } : { ...told, 'x-kubernetes-preserve-unknown-fields': true };
  }
  const keys = new Set([...Object.keys(a.properties), ...Object.keys(b.properties)]);
  const required = (a.required ?? []).filter((key) => b.required?.includes(key));
  return {
    ...told,
    type: 'object',
    properties: Object.fromEntries(
      [...keys].map((key) => [key, either(a.properties?.[key], b.properties?.[key])]),
    ),
    ...(required.length === 0 ? {} : { required }),
  };
}

function either(a: Structural | undefined, b: Structural | undefined): Structural {
  if (a === undefined || b === undefined) return a ?? b ?? {};
  return both(a, b);
}
