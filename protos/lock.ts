// A lock that the kernel gives back when its holder dies, however it dies, and never while the holder is only
// stopped.

import { DatabaseSync } from 'node:sqlite';

/** Result code of SQLite, the low byte of `errcode`: somebody else holds the file. */
const BUSY = 5;

/** Held until it is disposed of or this process ends. */
export type Lock = Disposable;

/**
 * Locks the file at `path`, which is made when there is none and never written; undefined while it is held,
 * by another process or by this one. Throws the error of SQLite when there can be no lock.
 */
export function tryLockFile(path: string): Lock | undefined {
  // SQLite's file locks are all that is used of it: Node has none of its own.
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error && 'errcode' in error)) return false;
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === BUSY;
}
