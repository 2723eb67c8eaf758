import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { openStore } from '../../coordinator/journal/store.ts';
import { temporaryDirectory } from './directory.ts';
import { STORED } from './stored.ts';

const journals = readdirSync(STORED).filter((name) => name.endsWith('.db'));

test('there is a stored journal with records and one with a snapshot', () => {
  expect(journals).toEqual(expect.arrayContaining(['0.1.0-records.db', '0.1.0-snapshot.db']));
  using directory = temporaryDirectory();
  copyFileSync(join(STORED, '0.1.0-snapshot.db'), directory.file('journal.db'));
  using store = openStore(directory.file('journal.db'));
  expect(store.snapshot()).toBeDefined();
  expect(store.rows().length).toBeGreaterThan(0);
});

test.each(journals)(
  'P13: %s replays to the state that its release had, and can be gone on with',
  async (name) => {
    using directory = temporaryDirectory();
    const path = directory.file('journal.db');
    copyFileSync(join(STORED, name), path);
    const expected: unknown = JSON.parse(readFileSync(join(STORED, `${basename(name, '.db')}.json`), 'utf8'));
    {
      await using journal = openSqliteJournal(path);
      const replayed = await journal.read();
      // Through JSON, which leaves out what is undefined.
      expect(JSON.parse(JSON.stringify(replayed))).toEqual(expected);
      const { state, at } = replayed;
      await journal.append(at, [
        { kind: 'led', epoch: state.epoch + 1, operationNumber: state.operationNumber },
      ]);
    }
    await using again = openSqliteJournal(path);
    expect((await again.read()).state.operationNumber).toBe(Number(Object(expected).state.operationNumber));
  },
);
