// kill -9 of the coordinator at each of its failpoints, in start_run and in stop_run: the operation goes on
// where it was, the client hears its end, nothing is done twice and nothing is lost.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { OPERATIONS_IN_FULL_MAX, OPERATIONS_REMEMBERED_MAX } from '../../coordinator/core/limits.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import { openSqliteJournal, RECORDS_BEFORE_SNAPSHOT_MAX } from '../../coordinator/journal/sqlite.ts';
import { startPartition } from '../../coordinator/up/partition.ts';
import type { UpOptions } from '../../coordinator/up/setting.ts';
import { deathsOf, livesBy, pointsIn } from './armed.ts';
import { ENVIRONMENT, startDaq } from './daq.ts';
import {
  OF_A_COMPACTION,
  OF_A_FIRST_COORDINATOR,
  OF_A_HELLO,
  OF_A_TAKEOVER,
  OF_AN_OPERATION,
} from './points.ts';
import { startRun, stopRun } from './runs.ts';
import { openSite, TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: 2 * TEST_MS_MAX });

const HALF = Math.ceil(OF_AN_OPERATION.length / 2);

test.each([[OF_AN_OPERATION.slice(0, HALF)], [OF_AN_OPERATION.slice(HALF)]])('at %j', async (points) => {
  const plan = points.flatMap((point) => [`${point}/start_run`, `${point}/stop_run`]);
  await using daq = await startDaq({ lives: livesBy({ coordinator: plan }) });
  const died = () => deathsOf(daq.site, 'coordinator');
  for (const index of points.keys()) {
    await startRun(daq, index + 1);
    expect(died()).toEqual(pointsIn(plan.slice(0, 2 * index + 1)));
    await stopRun(daq, index + 1);
    expect(died()).toEqual(pointsIn(plan.slice(0, 2 * index + 2)));
  }
  expect((await daq.end()).unclean).toEqual([]);
});

test('at each point of a takeover, one after the other, and a sidecar at each point of its Hello', async () => {
  const chain = (operation: string) => [`journal.wave-done/${operation}@3`, ...OF_A_TAKEOVER];
  const coordinator = [...chain('start_run'), ...chain('stop_run')];
  // Its first life has heard a Hello before the takeover.
  const sidecar = ['sidecar.before-fence@2', 'sidecar.fence-persisted', ...OF_A_HELLO];
  const lives = livesBy({ coordinator, 'readout-1 sidecar': sidecar });
  await using daq = await startDaq({ lives });
  const died = (child: string) => deathsOf(daq.site, child);
  await startRun(daq, 1);
  expect(died('coordinator')).toEqual(pointsIn(chain('start_run')));
  expect(died('readout-1 sidecar')).toEqual(OF_A_HELLO);
  await stopRun(daq, 1);
  expect(died('coordinator')).toEqual(pointsIn(coordinator));
  expect(died('readout-1 sidecar')).toEqual([...OF_A_HELLO, ...OF_A_HELLO]);
  expect((await daq.end()).unclean).toEqual([]);
});

test('at each point of its first start: the next one begins as if nothing had been', async () => {
  using site = openSite({ members: { writer: 1 } });
  const { document, directory } = site;
  for (const [index, point] of OF_A_FIRST_COORDINATOR.entries()) {
    const lives = livesBy({ coordinator: [point] });
    await expect(refused({ document, directory, environment: ENVIRONMENT, lives })).resolves.toMatchObject({
      code: 'STORAGE',
      message: expect.stringContaining('the coordinator was ended by SIGKILL'),
    });
    expect(deathsOf(site, 'coordinator')).toEqual(OF_A_FIRST_COORDINATOR.slice(0, index + 1));
  }
  await using daq = await startDaq({ site });
  await startRun(daq, 1);
  await stopRun(daq, 1);
  expect((await daq.end()).unclean).toEqual([]);
});

test('at each point of a compaction: no record is lost, and none is there twice', async () => {
  using site = openSite({ members: { writer: 1 } });
  // Then led, the machine, accepted, two waves done: the third, with the end of start_run, goes beyond the limit.
  await fillJournal(site.directory, RECORDS_BEFORE_SNAPSHOT_MAX - 5);
  await using daq = await startDaq({ site, lives: livesBy({ coordinator: OF_A_COMPACTION }) });
  await startRun(daq, 1);
  expect(deathsOf(site, 'coordinator')).toEqual(OF_A_COMPACTION);
  await stopRun(daq, 1);
  const { history } = await daq.end();
  // What was in the first compaction came to nothing: led again, and both records once more, in the second.
  expect(history[0]).toMatchObject({ kind: 'restored', index: RECORDS_BEFORE_SNAPSHOT_MAX + 3 });
});

/** Why a partition did not start; nothing when it did, and then it is stopped. */
async function refused(options: UpOptions): Promise<unknown> {
  try {
    await using _partition = await startPartition(options);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A journal of so many records, as coordinators leave it that are started again and again. */
async function fillJournal(directory: string, count: number): Promise<void> {
  mkdirSync(directory);
  await using journal = openSqliteJournal(join(directory, 'journal.sqlite'));
  const { at } = await journal.read();
  const opened: JournalRecord = {
    kind: 'opened',
    journalId: 'long',
    partition: 'mini',
    operationsRememberedMax: OPERATIONS_REMEMBERED_MAX,
    operationsInFullMax: OPERATIONS_IN_FULL_MAX,
  };
  const led = Array.from(
    { length: count - 1 },
    (_, index): JournalRecord => ({ kind: 'led', epoch: index + 1, operationNumber: 0 }),
  );
  await journal.append(at, [opened, ...led]);
}
