// What becomes of a journal whose files are removed, replaced or overwritten while it is in use.

import { copyFileSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Journal, Position } from '../../coordinator/journal/journal.ts';
import { watchPlace } from '../../coordinator/journal/place.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { condition } from '../sidecar/condition.ts';
import { temporaryDirectory } from './directory.ts';

const START: Position = { epoch: 0, index: 0 };

function led(epoch: number): JournalRecord {
  return { kind: 'led', epoch, operationNumber: 0 };
}

type Used = { readonly journal: Journal; readonly at: Position; readonly copies: Record<Part, string> };
type Part = '' | '-wal' | '-shm';

/** A journal in use with three records, and a copy of each of its files from when it had two. */
async function use(path: string): Promise<Used> {
  const journal = openSqliteJournal(path);
  await journal.read();
  const opened: JournalRecord = {
    kind: 'opened',
    journalId: 'journal',
    partition: 'daq',
    operationsRememberedMax: 256,
    operationsInFullMax: 16,
  };
  const two = await journal.append(START, [opened, led(1)]);
  const copies = { '': `${path}.copy`, '-wal': `${path}.copy-wal`, '-shm': `${path}.copy-shm` };
  for (const part of ['', '-wal', '-shm'] as const) copyFileSync(`${path}${part}`, copies[part]);
  return { journal, at: await journal.append(two, [led(2)]), copies };
}

/** So that the clock of the file system has surely moved on since the last write. */
function touch(file: string): void {
  utimesSync(file, new Date(), new Date(Date.now() + 1_000));
}

const PARTS = ['', '-wal', '-shm'] as const;

test.each(PARTS)(
  'journal%s that is removed while it is used is noticed before anything is told',
  async (part) => {
    using directory = temporaryDirectory();
    const path = directory.file('journal.db');
    const { journal, at } = await use(path);
    await using _ = journal;
    rmSync(`${path}${part}`);
    await expect(journal.append(at, [led(3)])).rejects.toThrow(
      `journal ${path}: ${path}${part} was removed or replaced while it was in use; nothing more is remembered`,
    );
  },
);

test.each(PARTS)('journal%s that is replaced by an older copy while it is used is noticed', async (part) => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const { journal, at, copies } = await use(path);
  await using _ = journal;
  renameSync(copies[part], `${path}${part}`);
  await expect(journal.append(at, [led(3)])).rejects.toThrow(/was removed or replaced while it was in use/);
});

test('an older log that is copied over the log in use is noticed', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const { journal, at, copies } = await use(path);
  await using _ = journal;
  const { ino } = statSync(`${path}-wal`);
  writeFileSync(`${path}-wal`, readFileSync(copies['-wal']));
  expect(statSync(`${path}-wal`).ino, 'the very file').toBe(ino);
  await expect(journal.append(at, [led(3)])).rejects.toMatchObject({ code: 'STORAGE' });
});

test('another journal that is copied over the one in use is noticed', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const other = directory.file('other.db');
  {
    await using journal = openSqliteJournal(other);
    await journal.read();
    await journal.append(START, [
      {
        kind: 'opened',
        journalId: 'other',
        partition: 'daq',
        operationsRememberedMax: 256,
        operationsInFullMax: 16,
      },
    ]);
  }
  await using journal = openSqliteJournal(path);
  await journal.read();
  const at = await journal.append(START, [
    {
      kind: 'opened',
      journalId: 'journal',
      partition: 'daq',
      operationsRememberedMax: 256,
      operationsInFullMax: 16,
    },
    led(1),
  ]);
  checkpoint(path);
  writeFileSync(path, readFileSync(other));
  touch(path);
  await expect(journal.append(at, [led(2)])).rejects.toThrow(
    /was overwritten while it was in use|is damaged/,
  );
});

test('what a backup does to the files is no reason to stop', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const { journal, at } = await use(path);
  await using _ = journal;
  const before = statSync(path, { bigint: true });
  checkpoint(path);
  touch(path);
  expect(statSync(path, { bigint: true }).mtimeNs, 'it was written').not.toBe(before.mtimeNs);
  const next = await journal.append(at, [led(3)]);
  expect(next.index).toBe(at.index + 1);
  await journal.append(next, [led(4)]);
});

/** Moves what stands in the log into the file, as any SQLite program may. */
function checkpoint(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  database.close();
}

test('the log of a journal that was put in place of ours is left alone when ours is closed', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const { journal, at, copies } = await use(path);
  for (const part of ['', '-wal'] as const) renameSync(copies[part], `${path}${part}`);
  const log = readFileSync(`${path}-wal`);
  expect(log.length).toBeGreaterThan(0);
  await expect(journal.append(at, [led(3)])).rejects.toMatchObject({ code: 'STORAGE' });
  await journal[Symbol.asyncDispose]();
  expect(readFileSync(`${path}-wal`).equals(log)).toBe(true);
});

test('an idle journal that is removed is noticed, once', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const { journal } = await use(path);
  await using _ = journal;
  const told: unknown[] = [];
  using _watch = watchPlace(path, (error) => told.push(error));
  rmSync(path);
  await condition('it is noticed', () => told.length > 0);
  expect(told).toEqual([expect.any(RunControlError)]);
});
