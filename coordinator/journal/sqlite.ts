// The journal in one SQLite file: one line of records, written by whoever knows its end.

import { existsSync } from 'node:fs';
import { assert, InvariantViolation } from '../../protos/failure/invariant.ts';
import { reach } from '../../protos/failure/reach.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { JournalRecord } from '../core/model/journal.ts';
import { leaderNote } from '../lease/leader.ts';
import { type Journal, type Position, type Replayed, StaleAppend } from './journal.ts';
import { type Place, placeOf } from './place.ts';
import { type End, replay } from './replay.ts';
import { rowsAfter, snapshotOf } from './rows.ts';
import { openStore, type Store } from './store.ts';
import { fromStorageError, storageTrouble } from './trouble.ts';

/** With more records than this and no operation open, a snapshot takes their place. */
export const RECORDS_BEFORE_SNAPSHOT_MAX = 1_000;

/** An append whose outcome was unknown and that turned out not to have happened is tried this often in all. */
const APPEND_ATTEMPTS_MAX = 2;

/**
 * Opens the journal at `path`, creating it when there is none. Hold the lock before. Throws RunControlError
 * STORAGE when the file cannot be used; nothing is changed then.
 */
export function openSqliteJournal(path: string): Journal {
  const store = openStore(path);
  if (store.end().index === 0 && existsSync(leaderNote(path))) {
    store[Symbol.dispose]();
    throw storageTrouble(path, {
      wrong: `holds no record, but ${leaderNote(path)} tells that a coordinator has led with it`,
      todo: `restore it together with its log ${path}-wal, or remove file and note to begin a new journal`,
    });
  }
  return createJournal({ store, path, place: placeOf(path) });
}

type JournalParts = {
  readonly store: Store;
  readonly path: string;
  readonly place: Place;
};

/** The journal over any store, so that a test can let a commit fail before and after it has happened. */
export function createJournal({ store, path, place }: JournalParts): Journal {
  let end: End | undefined;
  let recordsKept = 0;

  const read = (): Replayed => {
    const rows = store.rows();
    end = replay(path, store.snapshot(), rows);
    recordsKept = rows.length;
    place.note();
    return { state: end.state, at: end.at };
  };
  const append = (at: Position, records: readonly JournalRecord[]): Position => {
    assert(end !== undefined, 'a journal is read before it is written');
    assert(records.length > 0, 'an append has records');
    // A handle that has not seen its own end would chain its rows to the wrong one.
    if (at.index !== end.at.index || at.epoch !== end.at.epoch) throw new StaleAppend(path, at, end.at);
    if (place.look() === 'touched') checkOnDisk(path, end);
    const { rows, next } = rowsAfter(end, records);
    const compact = recordsKept + rows.length > RECORDS_BEFORE_SNAPSHOT_MAX && next.state.open === undefined;
    const found = commitOrReadBack(store, {
      after: at,
      rows,
      snapshot: compact ? snapshotOf(next) : undefined,
    });
    if (found !== undefined) throw new StaleAppend(path, at, found);
    if (compact) reach('journal.compacted');
    end = next;
    place.note();
    recordsKept = compact ? 0 : recordsKept + rows.length;
    return next.at;
  };
  return {
    read: async () => guarded(path, read),
    append: async (at, records) => guarded(path, () => append(at, records)),
    [Symbol.asyncDispose]: async () => close(store, place),
  };
}

/**
 * Somebody has written into the files under us: a backup's checkpoint, or an older copy over the journal.
 * The disk itself is asked. Throws RunControlError STORAGE unless it holds what we know.
 */
function checkOnDisk(path: string, { at, chain }: End): void {
  using store = openStore(path);
  const found = replay(path, store.snapshot(), store.rows());
  // Beyond our end: another coordinator, as the append that follows will find (P8).
  if (found.chain === chain || found.at.index > at.index) return;
  throw storageTrouble(path, {
    wrong: `was overwritten while it was in use: it ended at record ${at.index}, now at ${found.at.index}`,
    todo: 'nothing more is remembered or done; restore the newest copy and start again',
  });
}

/** Closing deletes the log by its name: that of whatever stands there now must not be lost with ours. */
function close(store: Store, place: Place): void {
  try {
    place.look();
  } catch (error) {
    if (error instanceof RunControlError) return;
    throw error;
  }
  store[Symbol.dispose]();
}

/** Lets our own errors and bugs pass; anything else came from the file. */
function guarded<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof StaleAppend || error instanceof InvariantViolation) throw error;
    throw fromStorageError(path, error);
  }
}

/**
 * After an error nobody knows whether the commit happened: the rows themselves are asked (P8). Ours: done.
 * None: once more. Somebody else's: the commit that is tried again says so.
 */
function commitOrReadBack(store: Store, commit: Parameters<Store['commit']>[0]): Position | undefined {
  const first = commit.rows[0];
  assert(first !== undefined, 'an append has records');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return store.commit(commit);
    } catch (error) {
      const isOurs = store.appendIdAt(first.index) === first.appendId || isInSnapshot(store, commit);
      if (isOurs) return undefined;
      if (attempt >= APPEND_ATTEMPTS_MAX) throw error;
    }
  }
}

/** A commit that compacts leaves no rows behind; its checksum is as good a proof. */
function isInSnapshot(store: Store, { snapshot }: Parameters<Store['commit']>[0]): boolean {
  return snapshot !== undefined && store.snapshot()?.chain === snapshot.chain;
}
