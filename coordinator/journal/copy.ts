// A copy of a journal for whoever only wants to look: the files themselves, their locks and their owners stay
// as they are, also while a coordinator writes them.

import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromStorageError, storageTrouble } from './trouble.ts';

/** A copy during which the log was moved into the file is thrown away; this often in all. */
const COPIES_MAX = 10;

/** A log that begins anew has another header. */
const LOG_HEADER_BYTES = 32;

export type Copy = Disposable & { readonly path: string };

/** A copy of the journal at `path` as it was at one moment. Throws RunControlError STORAGE. */
export function copyJournal(path: string): Copy {
  checkThere(path);
  const directory = mkdtempSync(join(tmpdir(), 'baton-journal-'));
  const copy = {
    path: join(directory, 'journal'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
  try {
    for (let copies = 0; copies < COPIES_MAX; copies += 1) {
      const before = generationOf(path);
      copyFiles(path, copy.path);
      if (generationOf(path) === before) return copy;
    }
  } catch (error) {
    copy[Symbol.dispose]();
    throw fromStorageError(path, error);
  }
  copy[Symbol.dispose]();
  throw storageTrouble(path, { wrong: 'changes faster than it can be copied', todo: 'ask again' });
}

function checkThere(path: string): void {
  const stats = look(path);
  if (stats === undefined)
    throw storageTrouble(path, { wrong: 'does not exist', todo: 'is the path right?' });
  if (!stats.isFile()) throw storageTrouble(path, { wrong: 'is not a file', todo: 'name the file in it' });
  if (stats.size > 0) return;
  throw storageTrouble(path, {
    wrong: 'is empty, so it was cut off',
    todo: 'restore it from a copy, or move it away to begin a new journal',
  });
}

/** Also of a path that no file can have. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const wrong = error instanceof Error ? error.message : String(error);
    throw storageTrouble(path, { wrong, todo: 'is the path right?' }, error);
  }
}

function copyFiles(from: string, to: string): void {
  rmSync(`${to}-wal`, { force: true });
  rmSync(`${to}-shm`, { force: true });
  // The log first: what is appended meanwhile is only missing at its end.
  if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${to}-wal`, constants.COPYFILE_FICLONE);
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/** Changes whenever the log is moved into the file or begins anew; not when something is appended to it. */
function generationOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  return [ino, size, mtimeNs, headerOf(`${path}-wal`)].join(' ');
}

function headerOf(log: string): string {
  if (!existsSync(log)) return 'none';
  const file = openSync(log, 'r');
  try {
    const header = Buffer.alloc(LOG_HEADER_BYTES);
    const length = readSync(file, header, 0, LOG_HEADER_BYTES, 0);
    return header.toString('hex', 0, length);
  } finally {
    closeSync(file);
  }
}
