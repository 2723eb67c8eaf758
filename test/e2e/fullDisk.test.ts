// The disk of `baton up` runs full in the middle of an operation: nothing is done that is not remembered, and
// it goes on once there is room.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { type SmallDisk, smallDisk, whyNoDisk } from '../disk/smallDisk.ts';
import { condition } from '../sidecar/condition.ts';
import { startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

const DISK_BYTES = 8_388_608;

let disk: SmallDisk | undefined;
afterEach(() => {
  disk = undefined;
});

/** The writer alone, remembered on a disk of its own. */
async function startOnSmallDisk() {
  const onDisk = (directory: string): Disposable => {
    disk = smallDisk(DISK_BYTES, directory);
    return disk;
  };
  return startDaq({ members: { writer: 1 }, disk: onDisk });
}

describe.skipIf(whyNoDisk() !== undefined)('on a disk that is full', () => {
  test('P1: a command is refused with STORAGE, has no effect, and is taken once there is room', async () => {
    await using daq = await startOnSmallDisk();
    disk?.fill();
    const refused = await daq.baton('send conf --operation-id once');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('has no room on its disk') });
    await condition('the coordinator is started again', () =>
      daq.told.some((words) => words.startsWith('the coordinator ended with exit code 74')),
    );
    disk?.free();
    await condition('it leads again', async () => (await daq.baton('status')).code === 0);
    expect(await daq.baton('send conf --operation-id once')).toMatchObject({ code: 0 });
    const { history } = await daq.end();
    expect(history.filter((event) => event.kind === 'hookStarted')).toHaveLength(1);
  });

  test('P4: an operation stands still in its wave and goes on where it was, repeating nothing', async () => {
    await using daq = await startOnSmallDisk();
    daq.site.suffer('writer-0', { start: { kind: 'slow', ms: 1_000 } });
    const sent = daq.baton('send start_run --operation-id once --timeout 60s');
    await daq.begins('writer-0', 'start');
    disk?.fill();
    await condition('the coordinator is started again', () =>
      daq.told.some((words) => words.startsWith('the coordinator ended with exit code 74')),
    );
    disk?.free();
    expect(await sent).toMatchObject({ code: 0 });
    expect(await daq.baton('send stop_run')).toMatchObject({
      code: 0,
      out: expect.stringContaining('run 1 ended clean'),
    });
    const { history } = await daq.end();
    const hooks = history.flatMap((event) => (event.kind === 'hookStarted' ? [event.transition] : []));
    expect(hooks.slice(0, 3)).toEqual(['conf', 'start', 'enable_triggers']);
  });
});
