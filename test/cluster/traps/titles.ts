// Which tests spring which traps, by their titles.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where such tests are. */
const CLUSTER = resolve(import.meta.dirname, '..');

/** A title that begins with names of traps: `trap-17, seen-1.4: it is answered in time`. */
const TITLE = /(['`])((?:trap-\d+|seen-\d+\.\d+)(?:, (?:trap-\d+|seen-\d+\.\d+))*): ((?:(?!\1).)+)\1/g;

export type Title = {
  /** From test/cluster. */
  readonly file: string;
  readonly traps: readonly string[];
  /** The rest of the title. */
  readonly words: string;
};

/** The titles in a text that begin with names of traps. */
export function titlesIn(file: string, text: string): readonly Title[] {
  return [...text.matchAll(TITLE)].map(([, , names = '', words = '']) => ({
    file,
    traps: names.split(', '),
    words,
  }));
}

/** Those of all tests below test/cluster, by the names of their files. */
export function readTitles(): readonly Title[] {
  const files = readdirSync(CLUSTER, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => titlesIn(file, readFileSync(join(CLUSTER, file), 'utf8')));
}
