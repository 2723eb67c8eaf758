// `baton journal check|export`: what it says of good and bad files, and that it changes none of them.

import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FORMAT_VERSION } from '../../coordinator/journal/journal.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { STORED } from '../journal/stored.ts';
import { STORY } from '../journal/story.ts';
import { fakeWorld, run } from './fakeWorld.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;

beforeEach(() => {
  directory = temporaryDirectory();
  path = directory.file('journal.db');
});
afterEach(() => directory[Symbol.dispose]());

const baton = (line: string) => run(fakeWorld('127.0.0.1:1'), `journal ${line}`);

function change(sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

/** Names and bytes of all that lies in the directory. */
function everything(): ReadonlyMap<string, string> {
  const names = readdirSync(directory.path);
  return new Map(names.map((name) => [name, readFileSync(directory.file(name), 'base64')]));
}

describe('a sound journal', () => {
  test('is told with what it leads to', async () => {
    copyFileSync(`${STORED}0.1.0-records.db`, path);
    const { code, out } = await baton(`check ${path}`);
    expect({ code, out }).toEqual({
      code: 0,
      out: [
        `${path} is sound`,
        'journal    journal-1 of mini',
        'records    14 records; the last is 14, format 1',
        'epoch      3',
        'operation  none is open; the last was 5 (transition conf), cancelled',
        'run        none is open; the last was 7, unclean',
        '',
      ].join('\n'),
    });
  });

  test('with a snapshot and an open operation', async () => {
    copyFileSync(`${STORED}0.1.0-snapshot.db`, path);
    const { out } = await baton(`check ${path}`);
    expect(out).toContain('records    1 record, after a snapshot of the first 1014; the last is 1015');
    expect(out).toContain('operation  6 (transition conf) is open in step 1 of 1, wave 1');
    const exported = (await baton(`export ${path}`)).out.trim().split('\n');
    expect(exported.map((line) => JSON.parse(line))).toMatchObject([
      { index: 1014, snapshot: { state: { journalId: 'journal-1' } } },
      { index: 1015, format: 1, record: { kind: 'accepted' } },
    ]);
  });

  test('is exported line by line, as JSON that an import could take back', async () => {
    copyFileSync(`${STORED}0.1.0-records.db`, path);
    const lines = (await baton(`export ${path}`)).out.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).record)).toEqual(STORY);
    expect(JSON.parse((await baton(`export ${path} -o json`)).out)).toHaveLength(STORY.length);
    expect(JSON.parse((await baton(`check ${path} -o json`)).out)).toMatchObject({ sound: true, index: 14 });
  });

  test('that a coordinator writes is read up to its last record, and left as it is', async () => {
    await using journal = openSqliteJournal(path);
    await journal.read();
    await journal.append({ epoch: 0, index: 0 }, STORY.slice(0, 9));
    const before = everything();
    expect(before.size).toBe(3);
    const { code, out } = await baton(`check ${path}`);
    expect(code).toBe(0);
    expect(out).toContain('the last is 9,');
    expect(everything()).toEqual(before);
  });

  test('whose coordinator was killed is read with its log, and left as it is', async () => {
    const killed = directory.file('killed.db');
    {
      await using journal = openSqliteJournal(path);
      await journal.read();
      await journal.append({ epoch: 0, index: 0 }, STORY);
      for (const part of ['', '-wal']) copyFileSync(`${path}${part}`, `${killed}${part}`);
    }
    const before = everything();
    expect((await baton(`check ${killed}`)).out).toContain('the last is 14,');
    expect(everything()).toEqual(before);
  });
});

/** One sentence with the file and what to do, and nothing changed. */
async function refusal(line: string): Promise<string> {
  const before = everything();
  const { code, out, err } = await baton(line);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(everything()).toEqual(before);
  expect(err.trim().split('\n')).toHaveLength(1);
  return err.trim();
}

describe.each(['check', 'export'])('baton journal %s refuses', (word) => {
  test('what is not there, a directory and an empty file', async () => {
    expect(await refusal(`${word} ${path}`)).toBe(
      `baton: journal ${path}: does not exist; is the path right?`,
    );
    expect(await refusal(`${word} ${directory.path}`)).toMatch(/: is not a file; name the file in it$/);
    writeFileSync(path, '');
    expect(await refusal(`${word} ${path}`)).toMatch(/is empty, so it was cut off; restore it from a copy/);
  });

  test('a path that no file can have', async () => {
    const long = directory.file('a'.repeat(300));
    expect(await refusal(`${word} ${long}`)).toMatch(/ENAMETOOLONG: name too long.*; is the path right\?$/);
    const below = `${directory.file('file')}/journal.db`;
    writeFileSync(directory.file('file'), '');
    expect(await refusal(`${word} ${below}`)).toMatch(
      /does not exist; is the path right\?$|ENOTDIR.*right\?$/,
    );
  });

  test('the files of other programs', async () => {
    writeFileSync(path, 'a letter to my grandmother\n'.repeat(100));
    expect(await refusal(`${word} ${path}`)).toMatch(
      /journal\.db: is not an SQLite database; is the path right/,
    );
    writeFileSync(path, '');
    change('CREATE TABLE recipes (name TEXT)');
    expect(await refusal(`${word} ${path}`)).toMatch(/is a database of another program; choose another path/);
  });

  test('one that is cut off', async () => {
    copyFileSync(`${STORED}0.1.0-records.db`, path);
    truncateSync(path, 6_000);
    expect(await refusal(`${word} ${path}`)).toMatch(
      /is damaged or truncated; nothing was changed; restore it/,
    );
  });
});

describe('a journal that is sound up to a record', () => {
  test.each([
    [
      `UPDATE records SET record = replace(record, 'crew', 'CREW') WHERE record_index = 4`,
      3,
      /record 4 does not/,
    ],
    [`DELETE FROM records WHERE record_index = 3`, 2, /record 3 is missing/],
    [
      `UPDATE records SET format = ${FORMAT_VERSION + 1} WHERE record_index = 6`,
      5,
      /record 6 has format 2, this release reads up to 1; start a newer release/,
    ],
  ])('%s: told and exported up to there, exit code 1', async (sql, sound, sentence) => {
    copyFileSync(`${STORED}0.1.0-records.db`, path);
    change(sql);
    const checked = await baton(`check ${path}`);
    expect(checked.code).toBe(1);
    expect(checked.out).toContain(`${path} is damaged after record ${sound}; what is sound before that:`);
    expect(checked.err).toMatch(sentence);
    const exported = await baton(`export ${path}`);
    expect(exported.code).toBe(1);
    expect(exported.err).toMatch(sentence);
    const records = exported.out.trim().split('\n');
    expect(records.map((line) => JSON.parse(line).record)).toEqual(STORY.slice(0, sound));
  });
});
