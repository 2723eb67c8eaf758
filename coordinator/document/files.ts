import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { DOCUMENT_BYTES_MAX } from './limits.ts';

/** What is wrong with a file. */
export type FileFault = { readonly want: string; readonly got: string };

/** The text of a file, or why it cannot be had. */
export async function readText(path: string): Promise<{ readonly text: string } | FileFault> {
  const want = 'a file that can be read';
  try {
    await using file = await open(path);
    const about = await file.stat();
    if (!about.isFile()) return { want, got: 'something else' };
    if (about.size > DOCUMENT_BYTES_MAX) {
      return { want: `a file of at most ${DOCUMENT_BYTES_MAX} bytes`, got: `${about.size} bytes` };
    }
    const bytes = await file.readFile();
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { want: 'text in UTF-8', got: 'other bytes' };
  } catch (cause) {
    return { want, got: reason(cause) };
  }
}

/** A path as it is taken from a directory; not made absolute, so that what is told looks like what was typed. */
export function under(directory: string, path: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}

/** What is wrong with a path where something of this kind should be; undefined when all is well. */
export async function fileFault(
  path: string,
  kind: 'directory' | 'program' | 'file',
): Promise<FileFault | undefined> {
  const want = { directory: 'a directory', program: 'a program that can be run', file: 'a file' }[kind];
  try {
    const about = await stat(path);
    if (about.isDirectory() !== (kind === 'directory')) {
      return { want, got: about.isDirectory() ? 'a directory' : 'something else' };
    }
    if (kind === 'program') await access(path, constants.X_OK);
    return undefined;
  } catch (cause) {
    return { want, got: reason(cause) };
  }
}

/** The reason of the operating system in words; what is not its word is a bug and is thrown on. */
function reason(cause: unknown): string {
  if (!(cause instanceof Error) || !('code' in cause)) throw cause;
  if (cause.code === 'ENOENT') return 'no such file';
  if (cause.code === 'EACCES') return 'no permission';
  return String(cause.code);
}
