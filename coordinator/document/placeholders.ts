// What a command may say of the very target that it starts.

import { nearest } from '../../protos/machine/nearest.ts';
import type { Fault } from '../../protos/machine/shape.ts';

/** Words that stand in braces in a command, a working directory or a value of the environment. */
export const PLACEHOLDERS = ['partition', 'segment', 'ordinal', 'port'] as const;

export type PlaceholderValues = Readonly<Record<(typeof PLACEHOLDERS)[number], string | number>>;

/** `text` with `{partition}`, `{segment}`, `{ordinal}` and `{port}` replaced; other braces stay as they are. */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  // In one pass: what is filled in is never filled again.
  return text.replace(/\{([a-z]+)\}/g, (written, word: string) => {
    const placeholder = PLACEHOLDERS.find((known) => known === word);
    return placeholder === undefined ? written : String(values[placeholder]);
  });
}

/** Words in braces that were most likely meant to be placeholders. JSON and shell text have braces too. */
export function* misspeltPlaceholders(
  path: Fault['path'],
  text: string,
  known: readonly string[] = PLACEHOLDERS,
): Generator<Fault> {
  for (const [written, word] of text.matchAll(/\{([A-Za-z]+)\}/g)) {
    const meant = word === undefined ? undefined : nearest(word, known);
    if (meant !== undefined && meant !== word) yield { path, want: `{${meant}}`, got: written };
  }
}
