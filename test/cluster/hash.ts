// What is in files, in a word: what was made from the same is not made again.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Twelve hexadecimal digits of the names and contents of files in a folder, and of anything else that matters. */
export function contentHash(folder: string, names: readonly string[], ...others: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(others));
  for (const name of [...names].sort()) {
    const content = readFileSync(join(folder, name));
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}
