// A real disk of a few hundred kilobytes, for what only a disk can do: be full, be read-only, fail.

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SmallDisk = Disposable & {
  readonly path: string;
  file(name: string): string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  /** Nothing can be written from now on. Fails while a file is open for writing. */
  makeReadOnly(): void;
};

/**
 * A file system in memory with that many bytes, at `path` or anywhere. Throws when this process may not
 * mount.
 */
export function smallDisk(bytes: number, path = mkdtempSync(join(tmpdir(), 'baton-disk-'))): SmallDisk {
  mkdirSync(path, { recursive: true });
  run('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'baton-test', path);
  return diskAt(path, () => {
    run('umount', '-l', path);
    rmSync(path, { recursive: true, force: true });
  });
}

const FAILING_BYTES = 16_777_216;
const BEHIND_BYTES = 4_194_304;

export type FailingDisk = Disposable & {
  readonly path: string;
  file(name: string): string;
  /** From now on writes are taken, and lost: fsync says EIO. */
  fail(): void;
};

/** An ext4 file system on a loop device whose own room can be taken away. Throws when that is not possible here. */
export function failingDisk(): FailingDisk {
  using made = new DisposableStack();
  const behind = made.use(smallDisk(BEHIND_BYTES));
  const image = behind.file('image');
  run('truncate', '-s', String(FAILING_BYTES), image);
  // Without a log of its own: that would notice, and make everything read-only instead.
  run('mkfs.ext4', '-q', '-F', '-O', '^has_journal', '-E', 'lazy_itable_init=1,nodiscard', image);
  const path = mkdtempSync(join(tmpdir(), 'baton-loop-'));
  run('mount', '-o', 'loop,errors=continue', image, path);
  made.defer(() => {
    run('umount', '-l', path);
    rmSync(path, { recursive: true });
  });
  const { file } = diskAt(path, () => undefined);
  const held = made.move();
  return { path, file, fail: behind.fill, [Symbol.dispose]: () => held.dispose() };
}

/** Why there can be no small disk here; undefined when there can. In CI there must be one. */
export function whyNoDisk(make: () => Disposable = () => smallDisk(65_536)): string | undefined {
  try {
    make()[Symbol.dispose]();
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (process.env['CI'] === 'true') throw new Error(`these tests need a disk of their own: ${why}`);
    process.stderr.write(`tests of real disks are left out here: ${why}\n`);
    return why;
  }
}

function diskAt(path: string, dispose: () => void): SmallDisk {
  const ballast = join(path, 'ballast');
  return {
    path,
    file: (name) => join(path, name),
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
    makeReadOnly: () => run('mount', '-o', 'remount,ro', path),
    [Symbol.dispose]: dispose,
  };
}

const PAGE = Buffer.alloc(4_096, 1);

function fill(ballast: string): void {
  const file = openSync(ballast, 'a');
  try {
    for (;;) writeSync(file, PAGE);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
}

function run(program: string, ...words: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
