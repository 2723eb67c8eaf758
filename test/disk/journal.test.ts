// The journal on disks that are full, read-only, too small or failing: refused or whole, never half.

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Journal, Position } from '../../coordinator/journal/journal.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { failingDisk, smallDisk, whyNoDisk } from './smallDisk.ts';

const START: Position = { epoch: 0, index: 0 };
const DISK_BYTES = 524_288;
const OPENED: JournalRecord = {
  kind: 'opened',
  journalId: 'journal',
  partition: 'daq',
  operationsRememberedMax: 256,
  operationsInFullMax: 16,
};
const noDisk = whyNoDisk() !== undefined;

/** Appends one record after the other until that fails; gives what failed and what was told before. */
async function appendUntilTrouble(journal: Journal, from: Position) {
  let at = from;
  for (;;) {
    try {
      at = await journal.append(at, [{ kind: 'led', epoch: at.epoch + 1, operationNumber: 0 }]);
    } catch (error) {
      if (error instanceof RunControlError) return { trouble: error, at };
      throw error;
    }
  }
}

async function begin(path: string): Promise<{ journal: Journal; at: Position }> {
  const journal = openSqliteJournal(path);
  await journal.read();
  return { journal, at: await journal.append(START, [OPENED]) };
}

/** The end of the journal as a new process finds it. */
async function endOf(path: string): Promise<Position> {
  await using journal = openSqliteJournal(path);
  return (await journal.read()).at;
}

describe.skipIf(noDisk)('a journal on a full disk', () => {
  test('refuses with STORAGE, keeps all that was told, and goes on once there is room', async () => {
    using disk = smallDisk(DISK_BYTES);
    const path = disk.file('journal.db');
    const { journal, at: begun } = await begin(path);
    let at = await journal.append(begun, [{ kind: 'led', epoch: 1, operationNumber: 0 }]);
    disk.fill();
    const ended = await appendUntilTrouble(journal, at);
    expect(ended.trouble).toMatchObject({
      code: 'STORAGE',
      message: `journal ${path}: has no room on its disk; free some space and start again`,
    });
    expect((await journal.read()).at, 'read back by the same handle').toEqual(ended.at);
    // As a process that ends: nothing is closed.
    disk.free();
    expect(await endOf(path), 'found by the next process').toEqual(ended.at);
    await using next = openSqliteJournal(path);
    at = (await next.read()).at;
    expect(await next.append(at, [{ kind: 'led', epoch: at.epoch + 1, operationNumber: 0 }])).toEqual({
      epoch: at.epoch + 1,
      index: at.index + 1,
    });
  });

  test.each([40, 44, 48, 52, 56, 60, 64].map((pages) => pages * 1_024))(
    'is begun whole or not at all on a disk of %i bytes',
    async (bytes) => {
      using disk = smallDisk(bytes);
      const path = disk.file('journal.db');
      try {
        await begin(path);
      } catch (error) {
        if (!(error instanceof RunControlError)) throw error;
        expect(error.code).toBe('STORAGE');
      }
      const left = statSync(path, { throwIfNoEntry: false });
      // Whatever stands under its name can be opened, on the disk that it was made on.
      if (left !== undefined) expect((await endOf(path)).index).toBeLessThanOrEqual(1);
    },
  );

  test('is refused before anything is told when it cannot be begun, and leaves no half of one', async () => {
    using disk = smallDisk(DISK_BYTES);
    const path = disk.file('journal.db');
    disk.fill();
    expect(() => openSqliteJournal(path)).toThrow(/has no room on its disk|disk I\/O error/);
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
    disk.free();
    expect((await begin(path)).at.index).toBe(1);
  });
});

test.skipIf(noDisk)('a journal on a read-only disk is refused before anything is told', async () => {
  using disk = smallDisk(DISK_BYTES);
  const path = disk.file('journal.db');
  {
    const { journal } = await begin(path);
    await journal[Symbol.asyncDispose]();
  }
  disk.makeReadOnly();
  const refused = `journal ${path}: cannot be written; allow writing to the file and to its directory`;
  expect(() => openSqliteJournal(path)).toThrow(refused);
  expect(() => openSqliteJournal(disk.file('new.db'))).toThrow(/cannot be written/);
});

test.skipIf(noDisk || whyNoDisk(failingDisk) !== undefined)(
  'a disk that loses what it has taken is noticed: what was told before is there, what was not is no half',
  async () => {
    using disk = failingDisk();
    const path = disk.file('journal.db');
    const { journal, at: begun } = await begin(path);
    disk.fail();
    const { trouble, at } = await appendUntilTrouble(journal, begun);
    expect(trouble.code).toBe('STORAGE');
    expect(trouble.message).toMatch(/disk I\/O error; nothing was told as done that is not durable/);
    const found = await endOf(path).catch((error: unknown) => error);
    if (found instanceof RunControlError) expect(found.message).toContain(path);
    // The append that failed may have happened: nobody was told either way.
    else expect([at.index, at.index + 1]).toContain(Object(found).index);
  },
);

test('a file that may not grow any more ends the writer with STORAGE, and nothing that it told is lost', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const program = fileURLToPath(new URL('../journal/append.ts', import.meta.url));
  const limited = ['--fsize=200000', process.execPath, program, path];
  const { stdout, stderr, error } = spawnSync('prlimit', limited, { encoding: 'utf8' });
  expect(error).toBeUndefined();
  expect(stderr).toMatch(/RunControlError: journal .*journal\.db: disk I\/O error; nothing was told as done/);
  const told = Number(stdout.trim().split('\n').at(-1));
  expect(told).toBeGreaterThan(10);
  const { index, epoch } = await endOf(path);
  // Appends of two records: the one that failed is there whole or not at all.
  expect([told, told + 2]).toContain(index);
  expect(epoch).toBe(index - 1);
});
