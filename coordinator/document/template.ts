// A document to start from, written from the schema itself: each key with what the schema says of it, those
// that were not given commented out with their default. A key that is added to the schema is in it at once.

import { z } from 'zod';

/** Longest line of a remark, in characters. */
const REMARK_WIDTH = 100;

type Values = Readonly<Record<string, unknown>>;

/** What is used of a JSON schema. */
type Node = {
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly items?: Node | undefined;
  readonly anyOf?: readonly Node[] | undefined;
  readonly oneOf?: readonly Node[] | undefined;
};

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.object({
    description: z.string().optional(),
    default: z.unknown().optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    type: z.unknown().optional(),
    properties: z.record(z.string(), nodeSchema).optional(),
    items: nodeSchema.optional(),
    anyOf: z.array(nodeSchema).optional(),
    oneOf: z.array(nodeSchema).optional(),
  }),
);

/** The lines of a document with these values, with remarks; `schema` is its JSON schema. */
export function templateLines(schema: unknown, values: Values): readonly string[] {
  return mapLines(nodeSchema.parse(schema), values, 'remarks');
}

/** With remarks and what is left out; with remarks and every default; or only what is given. */
type Manner = 'remarks' | 'defaults' | 'brief';

function mapLines(node: Node, values: Values, manner: Manner): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const given = values[key];
    if (given !== undefined) {
      return [...(manner === 'brief' ? [] : remarks(child)), ...valueLines(key, child, given, manner)];
    }
    if (manner === 'brief') return [];
    const left = defaultLines(key, child);
    const isShown = manner === 'defaults' && child.default !== undefined;
    return [...remarks(child), ...(isShown ? left : left.map((line) => `# ${line}`))];
  });
}

function valueLines(key: string, node: Node, value: unknown, manner: Manner): readonly string[] {
  if (Array.isArray(value) && node.items?.properties !== undefined) {
    const { items } = node;
    // The first one tells all that can be said of them.
    const lines = value.flatMap((each: unknown, at) => {
      const entry = mapLines(items, mapOf(each), at === 0 ? manner : 'brief');
      const first = entry.findIndex((line) => !line.startsWith('#'));
      return entry.map((line, of) => (of < first ? line : of === first ? `- ${line}` : `  ${line}`));
    });
    return [`${key}:`, ...lines.map(indented)];
  }
  if (node.properties === undefined) return [`${key}: ${flow(value)}`];
  return [`${key}:`, ...mapLines(node, mapOf(value), manner).map(indented)];
}

function defaultLines(key: string, node: Node): readonly string[] {
  if (node.properties !== undefined) {
    return [`${key}:`, ...mapLines(node, {}, 'defaults').map(indented)];
  }
  const isMap = node.type === 'object';
  return [`${key}: ${node.default === undefined && !isMap ? '…' : flow(node.default ?? {})}`];
}

function remarks(node: Node): readonly string[] {
  const words = [node.description ?? '', alternatives(node)].filter((part) => part !== '').join(' ');
  return words === '' ? [] : wrapped(words).map((line) => `# ${line}`);
}

/** What else may stand there: `One of: together, ascending, descending; {batches: …}.` */
function alternatives({ anyOf, oneOf, enum: choices }: Node): string {
  const branches = [...(anyOf ?? []), ...(oneOf ?? [])];
  const forms = [...(choices ?? []), ...branches.flatMap((branch) => formsOf(branch))];
  return forms.length === 0 ? '' : `One of: ${forms.map(String).join('; ')}.`;
}

function formsOf({ properties, enum: choices, type }: Node): readonly string[] {
  if (choices !== undefined) return choices.map(String);
  if (properties === undefined) return type === 'string' ? ['a name'] : [];
  const keys = Object.entries(properties).map(([key, child]) =>
    child.const === undefined ? `${key}: …` : `${key}: ${flow(child.const)}`,
  );
  return [`{${keys.join(', ')}}`];
}

/** A value in one line of YAML. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}: ${flow(each)}`)
      .join(', ')}}`;
  }
  const isPlain = typeof value !== 'string' || /^(-{0,2}[a-z][a-z0-9./-]*|\d+(ms|s|m|h))$/i.test(value);
  return isPlain ? String(value) : JSON.stringify(value);
}

function wrapped(words: string): readonly string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= REMARK_WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function indented(line: string): string {
  return `  ${line}`;
}

function mapOf(value: unknown): Values {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
