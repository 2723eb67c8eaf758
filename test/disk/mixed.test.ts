// A backup that took the journal's file and its log at different times: an exact earlier state, or refused.

import { copyFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { apply, emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { noteLeader } from '../../coordinator/lease/leader.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { STORY } from '../journal/story.ts';

const TIMES = [40, 80, 120];

/** Enough for some pages, so that a file and a log of different times do not fit by chance. */
const RECORDS: readonly JournalRecord[] = [
  ...STORY,
  ...Array.from({ length: 120 - STORY.length }, (_, more): JournalRecord => {
    return { kind: 'runUnclean', cause: `${more} `.repeat(40) };
  }),
];

/** Copies of the file and its log from several times, with a checkpoint between each two. */
async function copyAtTimes(path: string): Promise<void> {
  await using journal = openSqliteJournal(path);
  let { at } = await journal.read();
  for (const time of TIMES) {
    // One record for each append, so that the log has frames to be mistaken for others.
    for (const record of RECORDS.slice(at.index, time)) at = await journal.append(at, [record]);
    for (const part of ['', '-wal']) copyFileSync(`${path}${part}`, `${path}.${time}${part}`);
    using database = new DatabaseSync(path);
    database.exec('PRAGMA wal_checkpoint(RESTART)');
  }
}

/** How many records of the story the journal has, or that it is refused. */
async function outcome(path: string): Promise<number | 'refused'> {
  try {
    await using journal = openSqliteJournal(path);
    const { state, at } = await journal.read();
    expect(state).toEqual(RECORDS.slice(0, at.index).reduce(apply, emptyJournal));
    return at.index;
  } catch (error) {
    if (error instanceof RunControlError && error.code === 'STORAGE') return 'refused';
    throw error;
  }
}

test('P13: a file and a log of different times give an exact earlier state, or are refused', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await copyAtTimes(path);
  const found: Record<string, number | 'refused'> = {};
  for (const fileOf of TIMES) {
    for (const logOf of [...TIMES, 'none']) {
      for (const part of ['', '-wal', '-shm']) rmSync(`${path}${part}`, { force: true });
      copyFileSync(`${path}.${fileOf}`, path);
      if (logOf !== 'none') copyFileSync(`${path}.${logOf}-wal`, `${path}-wal`);
      found[`file of ${fileOf}, log of ${logOf}`] = await outcome(path);
    }
  }
  for (const time of TIMES) expect(found[`file of ${time}, log of ${time}`]).toBe(time);
  expect(found).toMatchInlineSnapshot(`
    {
      "file of 120, log of 120": 120,
      "file of 120, log of 40": 40,
      "file of 120, log of 80": 80,
      "file of 120, log of none": 80,
      "file of 40, log of 120": "refused",
      "file of 40, log of 40": 40,
      "file of 40, log of 80": "refused",
      "file of 40, log of none": 0,
      "file of 80, log of 120": "refused",
      "file of 80, log of 40": 40,
      "file of 80, log of 80": 80,
      "file of 80, log of none": 40,
    }
  `);
});

test('a file that was restored without its log is not begun anew beside the note of who led with it', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await copyAtTimes(path);
  for (const part of ['-wal', '-shm']) rmSync(`${path}${part}`, { force: true });
  copyFileSync(`${path}.40`, path);
  noteLeader(path, { pid: 17, address: '127.0.0.1:7400', sinceMs: 1 });
  expect(() => openSqliteJournal(path)).toThrow(
    `journal ${path}: holds no record, but ${path}.leader tells that a coordinator has led with it; ` +
      `restore it together with its log ${path}-wal`,
  );
});
