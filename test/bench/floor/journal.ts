// Commits as durable as the product's: one SQLite file, a log, synchronous=full.

import { DatabaseSync } from 'node:sqlite';

/** Opens a new file; gives what writes rows in one durable commit. */
export function openCommits(path: string): (records: readonly string[]) => void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = full;');
  database.exec('CREATE TABLE records (record_index INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO records (record) VALUES (?)');
  return (records) => {
    database.exec('BEGIN IMMEDIATE');
    for (const record of records) insert.run(record);
    database.exec('COMMIT');
  };
}
