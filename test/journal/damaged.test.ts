import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FORMAT_VERSION, type Position } from '../../coordinator/journal/journal.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { LAYOUT_VERSION } from '../../coordinator/journal/store.ts';
import { noteLeader } from '../../coordinator/lease/leader.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { temporaryDirectory } from './directory.ts';
import { STORY } from './story.ts';

const START: Position = { epoch: 0, index: 0 };

/** A good journal that is closed. */
async function storyAt(path: string): Promise<void> {
  await using journal = openSqliteJournal(path);
  await journal.read();
  await journal.append(START, STORY);
}

/** What opening and reading says; the file must be as it was. */
async function refusalOf(path: string): Promise<RunControlError> {
  const before = readFileSync(path);
  try {
    await using journal = openSqliteJournal(path);
    await journal.read();
  } catch (error) {
    expect(readFileSync(path).equals(before), 'nothing is overwritten').toBe(true);
    if (error instanceof RunControlError) return error;
    throw error;
  }
  throw new Error('the journal was read');
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

test.each([
  [
    'another record',
    `UPDATE records SET record = replace(record, 'crew', 'CREW') WHERE record_index = 4`,
    /record 4 does not match its checksum/,
  ],
  ['a record less', `DELETE FROM records WHERE record_index = 3`, /record 3 is missing/],
  [
    'another epoch',
    `UPDATE records SET epoch = 9 WHERE record_index = 5`,
    /record 5 does not match its checksum/,
  ],
  ['the first records less', `DELETE FROM records WHERE record_index <= 2`, /record 1 is missing/],
])('P13: a journal with %s is refused with file and record', async (_, sql, sentence) => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  change(path, sql);
  const trouble = await refusalOf(path);
  expect(trouble.code).toBe('STORAGE');
  expect(trouble.message).toContain(path);
  expect(trouble.message).toMatch(sentence);
});

test('P13: a record of a newer format is refused with file, record, found and supported version', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  change(path, `UPDATE records SET format = ${FORMAT_VERSION + 1}, record = '{}' WHERE record_index = 6`);
  const { message } = await refusalOf(path);
  expect(message).toBe(
    `journal ${path}: record 6 has format ${FORMAT_VERSION + 1}, this release reads up to ${FORMAT_VERSION}; ` +
      'start a newer release; nothing was changed',
  );
});

test('P13: newer tables are refused', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  change(path, `PRAGMA user_version = ${LAYOUT_VERSION + 1}`);
  const { message } = await refusalOf(path);
  expect(message).toMatch(
    `has table layout ${LAYOUT_VERSION + 1}, this release supports up to ${LAYOUT_VERSION}`,
  );
});

test('a truncated journal is refused', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  truncateSync(path, statSync(path).size - 4_096);
  expect((await refusalOf(path)).message).toMatch(/is damaged|does not match|is missing/);
});

test('a journal with garbage in the middle is refused', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4_096, 8_192);
  writeFileSync(path, bytes);
  expect((await refusalOf(path)).message).toMatch(/is damaged/);
});

test('a journal whose tables are damaged is refused as damaged', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  const bytes = readFileSync(path, 'latin1');
  expect(bytes).toContain('record TEXT NOT NULL, checksum TEXT');
  writeFileSync(
    path,
    bytes.replace('record TEXT NOT NULL, checksum', 'record TEXT NOT NULL, chicksum'),
    'latin1',
  );
  const { message } = await refusalOf(path);
  expect(message).toBe(
    `journal ${path}: is damaged: no such column: checksum; nothing was changed; ` +
      'restore it from a copy, or move it away to begin a new journal',
  );
});

test('an empty file is taken for what it is: a journal that was cut off', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  writeFileSync(path, '');
  expect((await refusalOf(path)).message).toMatch(/is empty, so it was cut off; restore it from a copy/);
});

test('a file that is no database is refused', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  writeFileSync(path, 'a letter to my grandmother\n'.repeat(100));
  expect((await refusalOf(path)).message).toMatch(/is not an SQLite database; is the path right\?/);
});

test("another program's database is left alone", async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  change(path, 'CREATE TABLE recipes (name TEXT)');
  expect((await refusalOf(path)).message).toMatch(/is a database of another program; choose another path/);
});

test('the log of a journal that was taken away is not played into a new one', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  renameSync(path, directory.file('elsewhere'));
  writeFileSync(`${path}-wal`, 'rest');
  expect(() => openSqliteJournal(path)).toThrow(/is missing, but its log .*-wal is there; restore the file/);
});

test('a journal that was taken away is not begun anew beside the note of who led it', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  noteLeader(path, { pid: 17, address: '127.0.0.1:7400', sinceMs: 1 });
  rmSync(path);
  expect(() => openSqliteJournal(path)).toThrow(
    `journal ${path}: is missing, but ${path}.leader tells that a coordinator has led with it; restore the file`,
  );
  rmSync(`${path}.leader`);
  await storyAt(path);
});

test('what one that was killed while creating it has left behind is no hindrance', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  for (const rest of ['new', 'new-wal', 'new-shm']) writeFileSync(`${path}.${rest}`, 'half');
  await storyAt(path);
  await using journal = openSqliteJournal(path);
  expect((await journal.read()).at.index).toBe(STORY.length);
});

test('a directory is no journal', () => {
  using directory = temporaryDirectory();
  expect(() => openSqliteJournal(directory.path)).toThrow(/is not a file; choose another path/);
});

test('a directory that does not exist is named', () => {
  using directory = temporaryDirectory();
  const path = directory.file('nowhere/journal.db');
  expect(() => openSqliteJournal(path)).toThrow(
    `journal ${path}: its directory does not exist; create the directory`,
  );
});

/** Opens and reads the journal as a user who owns nothing, since the superuser may write everywhere. */
function openAsNobody(path: string): string {
  const program = fileURLToPath(new URL('open.ts', import.meta.url));
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { stdout, stderr } = spawnSync(process.execPath, [program, path], { ...nobody, encoding: 'utf8' });
  return stdout + stderr;
}

test('a file and a directory that may not be written are refused before anything is told', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await storyAt(path);
  chmodSync(directory.path, 0o777);
  chmodSync(path, 0o444);
  expect(openAsNobody(path)).toBe(
    `journal ${path}: cannot be written; allow writing to the file and to its directory`,
  );
  chmodSync(path, 0o666);
  chmodSync(directory.path, 0o555);
  expect(openAsNobody(path)).toBe(
    `journal ${path}: cannot be written; allow writing to the file and to its directory`,
  );
  expect(openAsNobody(directory.file('new.db'))).toMatch(/cannot be written/);
});

test('a copy of a journal is as good as the journal', async () => {
  using directory = temporaryDirectory();
  await storyAt(directory.file('journal.db'));
  copyFileSync(directory.file('journal.db'), directory.file('copy.db'));
  await using journal = openSqliteJournal(directory.file('copy.db'));
  expect((await journal.read()).at.index).toBe(STORY.length);
});
