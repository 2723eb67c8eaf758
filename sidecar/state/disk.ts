// The bytes of the state file: made, found again, written, and put back when somebody takes the file away.

import { closeSync, fstatSync, ftruncateSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { reach } from '../../protos/failure/reach.ts';
import { SLOT_BYTES } from './slot.ts';

/** Size of the file in bytes, from its first write on. */
export const FILE_BYTES = 2 * SLOT_BYTES;

/** Not in one call: 'w+' would empty a file that counts. */
export function openOrMake(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return openSync(path, 'wx+', 0o600);
    throw error;
  }
}

/** The zeros are written, not left as a hole: a full disk must show here and not in the middle of a run. */
export function wipe(fd: number): void {
  reach('sidecar.before-wipe');
  ftruncateSync(fd, 0);
  reach('sidecar.wiped');
  writeWhole(fd, Buffer.alloc(FILE_BYTES), FILE_BYTES, 0);
}

/** Throws when not all of it went in. */
export function writeWhole(fd: number, bytes: Buffer, length: number, at: number): void {
  const written = writeSync(fd, bytes, 0, length, at);
  if (written !== length) throw new Error(`only ${written} of ${length} bytes were written`);
}

/** Tells one file from every other that stands beside it or is put in its place. */
export function fileNumber(fd: number): string {
  return String(fstatSync(fd, { bigint: true }).ino);
}

/** Whether the file at `path` is still the one of that number, and as long as it was made. */
export function isInPlace(path: string, number: string): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  return there?.size === BigInt(FILE_BYTES) && String(there.ino) === number;
}

/** Makes the file at `path` anew, whole or not at all, and opens it. */
export function replaceFile(path: string): number {
  const unborn = `${path}.new`;
  const fd = openSync(unborn, 'w+', 0o600);
  try {
    wipe(fd);
    renameSync(unborn, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
