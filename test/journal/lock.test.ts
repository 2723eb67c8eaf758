import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { noteLeader, readLeader } from '../../coordinator/lease/leader.ts';
import { canonicalPath, LOCK_POLL_MS, tryLock, waitForLock } from '../../coordinator/lease/lock.ts';
import { temporaryDirectory } from './directory.ts';

const PROGRAM = fileURLToPath(new URL('hold.ts', import.meta.url));

type Holder = AsyncDisposable & {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  /** The next line that it tells. */
  next(): Promise<string>;
};

/** Another process that wants the lock. */
function holder(path: string): Holder {
  const child = spawn(process.execPath, [PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    process: child,
    next: async () => String((await lines.next()).value),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

test('the lock is held by one process until it dies, and then by the standby', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await using first = holder(path);
  expect(await first.next()).toBe('holds');
  expect(tryLock(path)).toBeUndefined();
  await using standby = holder(path);
  expect(await standby.next()).toBe('waits');
  first.process.kill('SIGKILL');
  expect(await standby.next()).toBe('holds');
});

test('P8: a stopped holder is not superseded', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  await using first = holder(path);
  expect(await first.next()).toBe('holds');
  first.process.kill('SIGSTOP');
  expect(tryLock(path)).toBeUndefined();
  await using standby = holder(path);
  expect(await standby.next()).toBe('waits');
  // The standby has tried and failed; ours fails too, and goes on failing after its next attempts.
  for (let tries = 0; tries < 3; tries += 1) {
    const attempt = new AbortController();
    setTimeout(() => attempt.abort(), LOCK_POLL_MS);
    expect(await waitForLock(path, { signal: attempt.signal, onWait: () => undefined })).toBeUndefined();
  }
  first.process.kill('SIGCONT');
  expect(tryLock(path)).toBeUndefined();
});

test('the lock can be given back and taken again by the same process', () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  {
    using lock = tryLock(path);
    expect(lock).toBeDefined();
    expect(tryLock(path)).toBeUndefined();
  }
  using again = tryLock(path);
  expect(again).toBeDefined();
});

test('two names of one journal are one lock', () => {
  using directory = temporaryDirectory();
  mkdirSync(directory.file('real'));
  symlinkSync(directory.file('real'), directory.file('link'));
  expect(canonicalPath(directory.file('link/journal.db'))).toBe(
    canonicalPath(directory.file('real/journal.db')),
  );
  writeFileSync(directory.file('real/journal.db'), '');
  symlinkSync(directory.file('real/journal.db'), directory.file('other.db'));
  expect(canonicalPath(directory.file('other.db'))).toBe(canonicalPath(directory.file('real/journal.db')));
});

test('a lock that cannot be is STORAGE trouble', () => {
  using directory = temporaryDirectory();
  expect(() => canonicalPath(directory.file('nowhere/journal.db'))).toThrow(
    /nowhere does not exist; create it/,
  );
  writeFileSync(directory.file('journal.db.lock'), 'not a lock of ours'.repeat(100));
  expect(() => tryLock(directory.file('journal.db'))).toThrow(/cannot take its lock .*journal\.db\.lock/);
});

test('the note of the leader tells nothing rather than half of it', () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  expect(readLeader(path)).toBeUndefined();
  const leader = { pid: 17, address: '127.0.0.1:7400', sinceMs: 1_700_000_000_000 };
  noteLeader(path, leader);
  expect(readLeader(path)).toEqual(leader);
  writeFileSync(`${path}.leader`, '{"pid": 17');
  expect(readLeader(path)).toBeUndefined();
  writeFileSync(`${path}.leader`, '{"pid": -1, "address": "x", "sinceMs": 0}');
  expect(readLeader(path)).toBeUndefined();
});
