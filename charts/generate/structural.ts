// From a JSON schema to a structural one. Two things are left to the coordinator's own parser, which tells them in
// a condition: what is within values that may be of two kinds (a name or a table), which a structural schema cannot
// say, and defaults, so that a later release may change one without an object in etcd that holds the old one.

import { looksAhead, refusedBy } from './lookahead.ts';
import type { Node, Structural } from './node.ts';
import { merged } from './union.ts';

/** Integers of JavaScript; as a bound they say nothing. */
const NO_BOUNDS: readonly unknown[] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** The structural schema of `node`. Throws Error for what has no structural form yet. */
export function structural(node: Node): Structural {
  return { ...described(node), ...formOf(node) };
}

function formOf(node: Node): Structural {
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return unionOf(branches);
  switch (node.type) {
    case 'object':
      return objectOf(node);
    case 'array':
      return arrayOf(node);
    case 'string':
      return { type: 'string', ...choices(node), ...lengths(node), ...patterns(node) };
    case 'integer':
      return { type: 'integer', format: 'int64', ...bounds(node) };
    case 'number':
      return { type: 'number', ...bounds(node) };
    case 'boolean':
      return { type: 'boolean', ...choices(node) };
    default:
      return OPAQUE;
  }
}

/** What the API server keeps as it is and does not look into. */
const OPAQUE: Structural = { 'x-kubernetes-preserve-unknown-fields': true };

function objectOf({ properties, required = [], additionalProperties }: Node): Structural {
  if (properties === undefined) {
    const values = typeof additionalProperties === 'object' ? structural(additionalProperties) : undefined;
    return values === undefined
      ? { type: 'object', ...OPAQUE }
      : { type: 'object', additionalProperties: values };
  }
  const entries = Object.entries(properties).map(([key, child]) => [key, structural(child)]);
  return {
    type: 'object',
    properties: Object.fromEntries(entries),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** A list is one value: two writers never mix theirs into one. */
function arrayOf({ items = {}, minItems, maxItems }: Node): Structural {
  return {
    type: 'array',
    'x-kubernetes-list-type': 'atomic',
    ...(minItems === undefined ? {} : { minItems }),
    ...(maxItems === undefined ? {} : { maxItems }),
    items: structural(items),
  };
}

function unionOf(branches: readonly Node[]): Structural {
  const [number, word] = branches;
  // Which integers and which words only a rule could say, and one within lists within lists costs too much.
  if (branches.length === 2 && number?.type === 'integer' && word?.type === 'string') {
    return { 'x-kubernetes-int-or-string': true };
  }
  const key = discriminator(branches);
  return key === undefined
    ? { ...OPAQUE, ...wordsOf(branches), ...keysOf(branches) }
    : merged(key, branches.map(asBranch(key)));
}

/**
 * Of a value that may be of several kinds the API server looks at what holds for one kind alone: a pattern for a
 * text, keys that must be there for an object. It does not look into either.
 */
function wordsOf(branches: readonly Node[]): Structural {
  const texts = branches.filter(({ type }) => type === 'string');
  const words = texts.flatMap(({ enum: all, const: only }) => all ?? (only === undefined ? [] : [only]));
  const isClosed = texts.every((text) => text.enum !== undefined || text.const !== undefined);
  return words.length === 0 || !isClosed ? {} : { pattern: `^(${words.join('|')})$` };
}

function keysOf(branches: readonly Node[]): Structural {
  const objects = branches.filter(({ type }) => type === 'object');
  const needed = objects.map(({ required = [] }) => ({ required }));
  const [only] = needed;
  if (only === undefined || needed.some(({ required }) => required.length === 0)) return {};
  return needed.length === 1 ? only : { anyOf: needed };
}

/** The key that says which of the branches is meant. */
function discriminator(branches: readonly Node[]): string | undefined {
  const [first] = branches;
  return Object.keys(first?.properties ?? {}).find((key) =>
    branches.every(({ properties }) => typeof properties?.[key]?.const === 'string'),
  );
}

function asBranch(key: string) {
  return (node: Node) => ({
    word: String(node.properties?.[key]?.const),
    isDefault: node.properties?.[key]?.default !== undefined,
    schema: objectOf(node),
  });
}

function described({ description = '', default: preset }: Node): Structural {
  const isTold =
    preset !== undefined && (typeof preset !== 'object' || Array.isArray(preset)) && preset !== '';
  const words = [description, isTold ? `Default: ${JSON.stringify(preset).replaceAll('"', '')}.` : ''];
  const text = words.filter((part) => part !== '').join(' ');
  return text === '' ? {} : { description: text };
}

function choices({ const: only, enum: words }: Node): Structural {
  if (only !== undefined) return { enum: [only] };
  return words === undefined ? {} : { enum: words };
}

function bounds({ minimum, maximum }: Node): Structural {
  return {
    ...(minimum === undefined || NO_BOUNDS.includes(minimum) ? {} : { minimum }),
    ...(maximum === undefined || NO_BOUNDS.includes(maximum) ? {} : { maximum }),
  };
}

function lengths({ minLength, maxLength }: Node): Structural {
  return {
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
  };
}

function patterns({ pattern, format, allOf = [] }: Node): Structural {
  // The API server knows what a date-time is.
  if (format === 'date-time') return { format };
  const all = [pattern, ...allOf.map((part) => part.pattern)].filter((each) => each !== undefined);
  const rules = all.filter(looksAhead).map((each) => {
    const { ending, message } = refusedBy(each);
    return { rule: `!self.matches('${ending}')`, message };
  });
  const [plain, ...more] = all.filter((each) => !looksAhead(each));
  if (more.length > 0) throw new Error(`two patterns for one string: ${all.join(' and ')}`);
  return {
    ...(plain === undefined ? {} : { pattern: plain }),
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  };
}
