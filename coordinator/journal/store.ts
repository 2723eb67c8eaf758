// The SQLite file of the journal: one table of records and one row of snapshot. It knows rows, not meaning.

import { DatabaseSync } from 'node:sqlite';
import { assert } from '../../protos/failure/invariant.ts';
import { reach } from '../../protos/failure/reach.ts';
import { createFile } from './create.ts';
import type { Position } from './journal.ts';
import { fromStorageError, storageTrouble } from './trouble.ts';

/** "BATN": marks the file as ours, so that no other program's database is taken for a journal. */
export const APPLICATION_ID = 0x42_41_54_4e;

/** Layout of the tables; the records carry their own format. */
export const LAYOUT_VERSION = 1;

/** How long a commit waits for a program that holds the file, e.g. a backup, in milliseconds. */
const BUSY_WAIT_MS = 1_000;

export type Row = {
  readonly index: number;
  readonly epoch: number;
  /** Random, one for each append: tells our own rows from those of others after an unknown outcome. */
  readonly appendId: string;
  readonly format: number;
  readonly record: string;
  /** Over this row and the checksum before it: a row that was changed, lost or swapped is noticed. */
  readonly checksum: string;
};

export type SnapshotRow = {
  /** Last record that it contains. */
  readonly index: number;
  readonly epoch: number;
  readonly format: number;
  readonly state: string;
  /** Checksum of that last record, so that the chain goes on. */
  readonly chain: string;
  /** Over this row. */
  readonly checksum: string;
};

export type Commit = {
  readonly after: Position;
  readonly rows: readonly Row[];
  /** Takes the place of all records up to its index. */
  readonly snapshot: SnapshotRow | undefined;
};

export type Store = Disposable & {
  snapshot(): SnapshotRow | undefined;
  /** Records after the snapshot, in order. */
  rows(): readonly Row[];
  /** Where the file ends now. */
  end(): Position;
  /** All or nothing, synced to the disk; undefined when done, else where the file really ends. */
  commit(commit: Commit): Position | undefined;
  /** Who wrote the record at `index`; undefined when there is none. */
  appendIdAt(index: number): string | undefined;
};

const TABLES = `
  CREATE TABLE records (
    record_index INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, append_id TEXT NOT NULL,
    format INTEGER NOT NULL, record TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
  CREATE TABLE snapshot (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1), record_index INTEGER NOT NULL,
    epoch INTEGER NOT NULL, format INTEGER NOT NULL, state TEXT NOT NULL, chain TEXT NOT NULL,
    checksum TEXT NOT NULL) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${LAYOUT_VERSION};
`;

/**
 * Opens the journal's file, or creates it when there is none. Throws RunControlError STORAGE for a file that
 * is damaged, not ours, of a newer layout or not writable; nothing is changed then. Trouble speaks of it as
 * `called`, for a copy that nobody knows.
 */
export function openStore(path: string, called: string = path): Store {
  try {
    createFile(path, TABLES);
    const database = new DatabaseSync(path, { timeout: BUSY_WAIT_MS });
    try {
      checkFile(called, database);
      return sqliteStore(database);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw fromStorageError(called, error);
  }
}

function checkFile(path: string, database: DatabaseSync): void {
  const application = Number(database.prepare('PRAGMA application_id').get()?.['application_id']);
  const layout = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (application !== APPLICATION_ID) {
    throw storageTrouble(path, { wrong: 'is a database of another program', todo: 'choose another path' });
  }
  if (layout > LAYOUT_VERSION) {
    throw storageTrouble(path, {
      wrong: `has table layout ${layout}, this release supports up to ${LAYOUT_VERSION}`,
      todo: 'start a newer release; nothing was changed',
    });
  }
  const check = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (check !== 'ok') {
    throw storageTrouble(path, { wrong: `is damaged: ${check}`, todo: 'restore it from a copy' });
  }
  // synchronous=full: a commit is on the disk when it returns. The empty transaction shows that the file
  // can be written before anybody relies on it.
  database.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = full;');
  database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${LAYOUT_VERSION}; ROLLBACK`);
}

function sqliteStore(database: DatabaseSync): Store {
  const selectSnapshot = database.prepare(
    'SELECT record_index, epoch, format, state, chain, checksum FROM snapshot',
  );
  const selectRows = database.prepare(
    'SELECT record_index, epoch, append_id, format, record, checksum FROM records ORDER BY record_index',
  );
  const selectLast = database.prepare(
    'SELECT record_index, epoch FROM records ORDER BY record_index DESC LIMIT 1',
  );
  const selectAppendId = database.prepare('SELECT append_id FROM records WHERE record_index = ?');
  const insert = database.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)');
  const replaceSnapshot = database.prepare('REPLACE INTO snapshot VALUES (1, ?, ?, ?, ?, ?, ?)');
  const deleteRows = database.prepare('DELETE FROM records WHERE record_index <= ?');

  const end = (): Position => {
    const last = selectLast.get() ?? selectSnapshot.get();
    return { index: Number(last?.['record_index'] ?? 0), epoch: Number(last?.['epoch'] ?? 0) };
  };
  const write = ({ after, rows, snapshot }: Commit): Position | undefined => {
    const found = end();
    if (found.index !== after.index || found.epoch !== after.epoch) return found;
    for (const row of rows) {
      insert.run(row.index, row.epoch, row.appendId, row.format, row.record, row.checksum);
    }
    reach('journal.in-append');
    if (snapshot === undefined) return undefined;
    const { index, epoch, format, state, chain, checksum } = snapshot;
    replaceSnapshot.run(index, epoch, format, state, chain, checksum);
    reach('journal.in-compaction');
    deleteRows.run(index);
    return undefined;
  };
  return {
    snapshot: () => {
      const row = selectSnapshot.get();
      return row === undefined ? undefined : parseSnapshotRow(row);
    },
    rows: () => selectRows.all().map(parseRow),
    end,
    commit: (commit) => transaction(database, () => write(commit)),
    appendIdAt: (index) => {
      const row = selectAppendId.get(index);
      return row === undefined ? undefined : String(row['append_id']);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** Commits unless `write` found another end than it expected, which it then gives. */
function transaction(database: DatabaseSync, write: () => Position | undefined): Position | undefined {
  assert(!database.isTransaction, 'one append at a time');
  database.exec('BEGIN IMMEDIATE');
  try {
    const found = write();
    database.exec(found === undefined ? 'COMMIT' : 'ROLLBACK');
    return found;
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

type Columns = Readonly<Record<string, unknown>>;

// The tables are STRICT, so each column has the type that it was declared with.
function parseRow(row: Columns): Row {
  return {
    index: Number(row['record_index']),
    epoch: Number(row['epoch']),
    appendId: String(row['append_id']),
    format: Number(row['format']),
    record: String(row['record']),
    checksum: String(row['checksum']),
  };
}

function parseSnapshotRow(row: Columns): SnapshotRow {
  return {
    index: Number(row['record_index']),
    epoch: Number(row['epoch']),
    format: Number(row['format']),
    state: String(row['state']),
    chain: String(row['chain']),
    checksum: String(row['checksum']),
  };
}
