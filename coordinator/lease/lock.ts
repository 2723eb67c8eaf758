// Leadership on one machine: an exclusive lock beside the journal. The kernel gives it back when its holder
// dies, however it dies, and never while the holder is only stopped (P8).

import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lock, tryLockFile } from '../../protos/lock.ts';
import { storageTrouble } from '../journal/trouble.ts';

/** How often a standby tries for the lock, in milliseconds. */
export const LOCK_POLL_MS = 100;

/**
 * The path by which all coordinators know this journal: two names of one file must not lead to two locks.
 * Throws RunControlError STORAGE when its directory does not exist.
 */
export function canonicalPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The file is yet to be created; its directory is not.
    return join(canonicalDirectory(path), basename(path));
  }
}

function canonicalDirectory(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch (cause) {
    throw storageTrouble(
      path,
      { wrong: `its directory ${dirname(path)} does not exist`, todo: 'create it' },
      cause,
    );
  }
}

/** The lock of the journal at `path` (canonical), or undefined while another process holds it. */
export function tryLock(path: string): Lock | undefined {
  try {
    return tryLockFile(`${path}.lock`);
  } catch (error) {
    throw storageTrouble(
      path,
      {
        wrong: `cannot take its lock ${path}.lock`,
        todo: 'allow writing to the directory, and remove the lock file if it is not ours',
      },
      error,
    );
  }
}

/**
 * Waits until this process holds the lock of the journal at `path`; undefined when `signal` ends the wait
 * first. `onWait` is told once if it has to wait. Throws RunControlError STORAGE when there can be no lock.
 */
export async function waitForLock(
  path: string,
  { signal, onWait }: { readonly signal: AbortSignal; readonly onWait: () => void },
): Promise<Lock | undefined> {
  for (let waits = 0; !signal.aborted; waits += 1) {
    const lock = tryLock(path);
    if (lock !== undefined) return lock;
    if (waits === 0) onWait();
    // The abort only shortens the wait.
    await sleep(LOCK_POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
