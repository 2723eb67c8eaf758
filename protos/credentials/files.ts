// The three files of an identity, as a Kubernetes Secret of type kubernetes.io/tls is mounted, read as one set.

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../failure/trouble.ts';

/** Names of the files in the folder of one identity. */
export const FILES = { authorities: 'ca.crt', certificate: 'tls.crt', key: 'tls.key' } as const;

export type Part = keyof typeof FILES;

export type Texts = Readonly<Record<Part, string>>;

export type ReadSet =
  /** `seen` differs whenever the files do. */
  | { readonly texts: Texts; readonly seen: string }
  | { readonly problems: readonly Problem[]; readonly seen: string };

/** Largest file that is read, in bytes. */
export const FILE_BYTES_MAX = 262_144;

/** How often a set that changes while it is read is read again. */
const ATTEMPTS_MAX = 5;

const PARTS: readonly Part[] = ['authorities', 'certificate', 'key'];

/** What tells one set of files from another; cheap. */
export function look(directory: string): string {
  const folder = folderOf(directory);
  return [folder, ...PARTS.map((part) => stamp(join(folder, FILES[part])))].join(' ');
}

/** Reads the three files so that they belong together; problems name file and reason. */
export function readSet(directory: string): ReadSet {
  for (let attempt = 1; ; attempt += 1) {
    const seen = look(directory);
    const read = readOnce(directory);
    if (look(directory) === seen || attempt === ATTEMPTS_MAX) return { ...read, seen };
  }
}

/** A Secret's files are swapped together, by one link: all three are read through it as it is now. */
function folderOf(directory: string): string {
  try {
    return realpathSync(join(directory, '..data'));
  } catch {
    // No mount of a Secret; reading the files tells what is wrong if anything is.
    return directory;
  }
}

function readOnce(directory: string): { readonly texts: Texts } | { readonly problems: readonly Problem[] } {
  const folder = folderOf(directory);
  const problems: Problem[] = [];
  const read = (part: Part): string => {
    const path = join(directory, FILES[part]);
    const text = readText(join(folder, FILES[part]));
    if ('text' in text) return text.text;
    problems.push({ path, want: text.want, got: text.got });
    return '';
  };
  const texts: Texts = {
    authorities: read('authorities'),
    certificate: read('certificate'),
    key: read('key'),
  };
  return problems.length === 0 ? { texts } : { problems };
}

function readText(path: string): { readonly text: string } | { readonly want: string; readonly got: string } {
  try {
    const { size } = statSync(path);
    if (size <= FILE_BYTES_MAX) return { text: readFileSync(path, 'utf8') };
    return { want: `at most ${FILE_BYTES_MAX} bytes`, got: String(size) };
  } catch (error) {
    return { want: 'a file that can be read', got: whyNot(error) };
  }
}

function whyNot(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'no permission to read it';
  return error instanceof Error ? error.message : String(error);
}

function stamp(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${ino}/${size}/${mtimeMs}/${ctimeMs}`;
  } catch (error) {
    return whyNot(error);
  }
}
