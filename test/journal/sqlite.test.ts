import { expect, test } from 'vitest';
import { type Journal, type Position, StaleAppend } from '../../coordinator/journal/journal.ts';
import { placeOf } from '../../coordinator/journal/place.ts';
import {
  createJournal,
  openSqliteJournal,
  RECORDS_BEFORE_SNAPSHOT_MAX,
} from '../../coordinator/journal/sqlite.ts';
import { openStore, type Store } from '../../coordinator/journal/store.ts';
import { journalContract, led, OPENED, START } from './contract.ts';
import { temporaryDirectory } from './directory.ts';
import { operation, STORY } from './story.ts';

journalContract('sqlite', () => {
  const directory = temporaryDirectory();
  const open = () => openSqliteJournal(directory.file('journal.db'));
  return { open, [Symbol.asyncDispose]: async () => directory[Symbol.dispose]() };
});

/** A journal over a store whose commits can be made to fail. */
function failingJournal(path: string, commit: (store: Store, real: Store['commit']) => Store['commit']) {
  const store = openStore(path);
  const failing: Store = { ...store, commit: commit(store, store.commit) };
  return createJournal({ store: failing, path, place: placeOf(path) });
}

test('P8: an append that failed after it was done is found by reading back, and done once', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  let commits = 0;
  await using journal = failingJournal(path, (_, real) => (commit) => {
    commits += 1;
    real(commit);
    throw new Error('disk I/O error');
  });
  await journal.read();
  expect(await journal.append(START, [OPENED, led(1)])).toEqual({ epoch: 1, index: 2 });
  expect(commits).toBe(1);
  expect((await journal.read()).at).toEqual({ epoch: 1, index: 2 });
});

test('P8: an append that failed before it was done is tried once more', async () => {
  using directory = temporaryDirectory();
  let commits = 0;
  await using journal = failingJournal(directory.file('journal.db'), (_, real) => (commit) => {
    commits += 1;
    if (commits === 1) throw new Error('disk I/O error');
    return real(commit);
  });
  await journal.read();
  expect(await journal.append(START, [OPENED, led(1)])).toEqual({ epoch: 1, index: 2 });
  expect(commits).toBe(2);
});

test('P8: after an unknown outcome the append of somebody else is not taken for our own', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await using other = openSqliteJournal(path);
  await other.read();
  let commits = 0;
  await using journal = failingJournal(path, (store, real) => (commit) => {
    commits += 1;
    if (commits > 1) return real(commit);
    // What another coordinator writes while ours hangs in an I/O error.
    const rows = commit.rows.map((row) => ({ ...row, appendId: 'of somebody else' }));
    expect(store.commit({ ...commit, rows })).toBeUndefined();
    throw new Error('disk I/O error');
  });
  await journal.read();
  await expect(journal.append(START, [OPENED, led(1)])).rejects.toThrow(StaleAppend);
});

test('an append that fails for good is STORAGE trouble', async () => {
  using directory = temporaryDirectory();
  await using journal = failingJournal(directory.file('journal.db'), () => () => {
    throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
  });
  await journal.read();
  await expect(journal.append(START, [OPENED])).rejects.toThrow(/has no room on its disk; free some space/);
});

/** Appends `count` records that change little, all at once. */
async function fill(journal: Journal, at: Position, count: number): Promise<Position> {
  return journal.append(
    at,
    Array.from({ length: count }, (_, i) => led(at.epoch + 1 + i)),
  );
}

test('a snapshot takes the place of many records, and replay goes on from it', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await using journal = openSqliteJournal(path);
  await journal.read();
  let at = await journal.append(START, STORY);
  at = await fill(journal, at, RECORDS_BEFORE_SNAPSHOT_MAX - STORY.length);
  using store = openStore(path);
  expect(store.snapshot()).toBeUndefined();
  at = await fill(journal, at, 1);
  expect(store.snapshot()?.index).toBe(at.index);
  expect(store.rows()).toEqual([]);
  at = await fill(journal, at, 3);
  expect(store.rows().length).toBe(3);
  const live = await journal.read();
  await using again = openSqliteJournal(path);
  expect(await again.read()).toEqual(live);
  expect(live.state.finished.length).toBe(2);
});

test('no snapshot is taken while an operation is open', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await using journal = openSqliteJournal(path);
  await journal.read();
  let at = await journal.append(START, [OPENED, led(1), { kind: 'accepted', operation: operation(101) }]);
  at = await journal.append(
    at,
    Array.from({ length: RECORDS_BEFORE_SNAPSHOT_MAX }, () => ({
      kind: 'cancelRequested',
      number: 101,
      cause: '',
    })),
  );
  using store = openStore(path);
  expect(store.snapshot()).toBeUndefined();
  at = await journal.append(at, [
    { kind: 'finished', number: 101, outcome: 'cancelled', cause: '', atMs: 1, unknown: [] },
  ]);
  expect(store.snapshot()?.index).toBe(at.index);
});

test('P8: a compacting append of unknown outcome is found in the snapshot', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  let failsNow = false;
  await using journal = failingJournal(path, (_, real) => (commit) => {
    const found = real(commit);
    if (failsNow) throw new Error('disk I/O error');
    return found;
  });
  await journal.read();
  let at = await journal.append(START, [OPENED]);
  at = await fill(journal, at, RECORDS_BEFORE_SNAPSHOT_MAX - 1);
  failsNow = true;
  at = await fill(journal, at, 1);
  expect((await journal.read()).at).toEqual(at);
});
