// Requests as the document writes them, with what stands in braces filled in.

/** What a request says, by the word that stands for it in braces. */
export type Values = Readonly<Record<string, unknown>>;

const WORD = /\{([a-zA-Z]+(?:\.[a-z0-9_]+)?)\}/g;
const WHOLE = new RegExp(`^${WORD.source}$`);

/** A path: values are escaped, unknown words stay as they are. */
export function fillPath(path: string, values: Values): string {
  return fill(path, values, (value) => encodeURIComponent(textOf(value)));
}

/** A header's value. */
export function fillHeader(text: string, values: Values): string {
  // What is no printable ASCII would be a header that Node refuses to send.
  return fill(text, values, textOf).replaceAll(/[^ -~]/g, '?');
}

/**
 * Any JSON: a string that is nothing but `{run}` becomes the value itself, a number; within a longer string it
 * becomes text. An argument that was not given is null, or nothing.
 */
export function fillBody(template: unknown, values: Values): unknown {
  if (typeof template === 'string') return fillString(template, values);
  if (Array.isArray(template)) return template.map((each: unknown) => fillBody(each, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, each]) => [key, fillBody(each, values)]));
}

function fillString(text: string, values: Values): unknown {
  const [, word] = WHOLE.exec(text) ?? [];
  if (word !== undefined && isKnown(word, values)) return meantBy(word, values) ?? null;
  return fill(text, values, textOf);
}

function fill(text: string, values: Values, write: (value: unknown) => string): string {
  // In one pass: what is filled in is never filled again.
  return text.replace(WORD, (written, word: string) =>
    isKnown(word, values) ? write(meantBy(word, values)) : written,
  );
}

function isKnown(word: string, values: Values): boolean {
  return word.startsWith('arguments.') || Object.hasOwn(values, word);
}

function meantBy(word: string, values: Values): unknown {
  if (Object.hasOwn(values, word)) return values[word];
  const given: unknown = values['arguments'];
  const name = word.slice('arguments.'.length);
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, name)) return undefined;
  return Reflect.get(given, name);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
