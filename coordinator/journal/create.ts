// A journal comes into being whole: an empty or half-made file can then only be a damaged one.

import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { reach } from '../../protos/failure/reach.ts';
import { leaderNote } from '../lease/leader.ts';
import { storageTrouble } from './trouble.ts';

/**
 * Creates the database at `path` with `tables`, unless it exists. Throws RunControlError STORAGE for an
 * empty file and for the remains of a journal that was taken away.
 */
export function createFile(path: string, tables: string): void {
  if (existsSync(path)) {
    const stats = statSync(path);
    if (!stats.isFile()) throw storageTrouble(path, { wrong: 'is not a file', todo: 'choose another path' });
    if (stats.size > 0) return;
    throw storageTrouble(path, {
      wrong: 'is empty, so it was cut off',
      todo: 'restore it from a copy, or move it away to begin a new journal',
    });
  }
  if (!existsSync(dirname(path))) {
    throw storageTrouble(path, { wrong: 'its directory does not exist', todo: 'create the directory' });
  }
  // SQLite would play the log of the lost file into the new one.
  if (existsSync(`${path}-wal`)) {
    throw storageTrouble(path, {
      wrong: `is missing, but its log ${path}-wal is there`,
      todo: 'restore the file, or move the log away to begin a new journal',
    });
  }
  // A new journal would be a stranger to every sidecar, and its run numbers would begin anew.
  if (existsSync(leaderNote(path))) {
    throw storageTrouble(path, {
      wrong: `is missing, but ${leaderNote(path)} tells that a coordinator has led with it`,
      todo: 'restore the file, or remove the note to begin a new journal',
    });
  }
  reach('journal.before-create');
  const unborn = `${path}.new`;
  // Left behind by one that was killed here; the lock lets only one process be here at a time.
  for (const rest of [unborn, `${unborn}-wal`, `${unborn}-shm`]) rmSync(rest, { force: true });
  const database = new DatabaseSync(unborn);
  database.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = full;');
  database.exec(`BEGIN; ${tables}; COMMIT`);
  // Closing would do the same and keep silent when there is no room.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  syncToDisk(unborn);
  reach('journal.unborn');
  renameSync(unborn, path);
  syncToDisk(dirname(path));
  reach('journal.created');
}

function syncToDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
