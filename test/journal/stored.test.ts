import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { createObjectJournal } from '../../coordinator/journal/object/journal.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { openStore } from '../../coordinator/journal/store.ts';
import { temporaryDirectory } from './directory.ts';
import { MemoryObject } from './object/memory.ts';
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

const objects = readdirSync(STORED).filter((name) => name.endsWith('-object.json'));

test('there is a stored journal object', () => {
  expect(objects).toContain('0.1.0-object.json');
});

test.each(objects)(
  'P13: %s replays to the state that its release had, and can be gone on with',
  async (name) => {
    const stored: { spec: { snapshot: string; records: string[] }; replayed: unknown } = JSON.parse(
      readFileSync(join(STORED, name), 'utf8'),
    );
    // Both ways in which a text is kept.
    expect(stored.spec.snapshot).toContain(' deflate ');
    expect(stored.spec.records.map((line) => line.split(' ')[5])).toEqual(['deflate', 'plain']);
    const object = new MemoryObject();
    object.edit(stored.spec);
    const open = () =>
      createObjectJournal({
        store: object.store,
        onWait: () => undefined,
        signal: new AbortController().signal,
        random: Math.random,
      });
    const journal = open();
    const { state, at } = await journal.read();
    expect(JSON.parse(JSON.stringify({ state, at }))).toEqual(stored.replayed);
    const end = await journal.append(at, [
      { kind: 'led', epoch: state.epoch + 1, operationNumber: state.operationNumber },
    ]);
    expect((await open().read()).at).toEqual(end);
  },
);
