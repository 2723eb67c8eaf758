// Whether the journal's files are still those that this process writes. SQLite goes on writing into a file
// that was taken away: what was told as durable would vanish with the last handle.

import { type BigIntStats, statSync } from 'node:fs';
import { storageTrouble } from './trouble.ts';

/** The database, its log, and the index of the log that all its readers share. */
const FILES = ['', '-wal', '-shm'] as const;

/** The index is written by every reader; of it only the identity is looked at. */
const SHARED = '-shm';

export type Place = {
  /**
   * 'ours' when nobody else has touched the files since `note`; 'touched' when somebody has written into
   * them. Throws RunControlError STORAGE when one of them was removed or replaced.
   */
  look(): 'ours' | 'touched';
  /** To be called after each write of our own: what the files look like from now on. */
  note(): void;
};

/** The place of the journal at `path`, whose files are open. Throws RunControlError STORAGE when one is missing. */
export function placeOf(path: string): Place {
  const first = looksOf(path);
  let last = first;
  return {
    look: () => {
      const now = looksOf(path);
      for (const [at, file] of FILES.entries()) {
        if (!isSameFile(first[at], now[at])) throw gone(path, `${path}${file}`);
      }
      return now.every((stats, at) => FILES[at] === SHARED || isUntouched(last[at], stats))
        ? 'ours'
        : 'touched';
    },
    note: () => {
      last = looksOf(path);
    },
  };
}

/** How often an idle journal is looked at, in milliseconds: one that is gone takes what was told with it. */
export const PLACE_LOOK_MS = 1_000;

/**
 * Calls `onGone` once with RunControlError STORAGE when a file of the journal at `path`, which is open, was
 * removed or replaced; until it is disposed of.
 */
export function watchPlace(path: string, onGone: (error: unknown) => void): Disposable {
  const place = placeOf(path);
  const timer = setInterval(() => {
    try {
      place.look();
    } catch (error) {
      clearInterval(timer);
      onGone(error);
    }
  }, PLACE_LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

type Looks = readonly (BigIntStats | undefined)[];

function looksOf(path: string): Looks {
  return FILES.map((file) => statSync(`${path}${file}`, { bigint: true, throwIfNoEntry: false }));
}

function isSameFile(was: BigIntStats | undefined, now: BigIntStats | undefined): boolean {
  return was !== undefined && now !== undefined && was.ino === now.ino && was.dev === now.dev;
}

/** By size and time of the last write, as fine as the file system keeps it (some milliseconds on Linux). */
function isUntouched(was: BigIntStats | undefined, now: BigIntStats | undefined): boolean {
  return was?.size === now?.size && was?.mtimeNs === now?.mtimeNs;
}

function gone(path: string, file: string): Error {
  return storageTrouble(path, {
    wrong: `${file} was removed or replaced while it was in use`,
    todo:
      'nothing more is remembered or done; what stood in it is lost with this process: ' +
      'restore it from a copy and start again',
  });
}
