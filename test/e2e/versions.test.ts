// This release beside the one before it: a laboratory upgrades its coordinator first and its sidecars later, and goes
// back when it must.

import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Programs } from '../../coordinator/up/setting.ts';
import { verifyRun } from '../daq/verify.ts';
import { PREVIOUS, unpackPrevious } from '../previous.ts';
import { type Daq, startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';
import { startStandby, untilLeads } from './standby.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

const previous = unpackPrevious();

afterAll(() => previous[Symbol.dispose]());

const ROOTS: Readonly<Record<string, string>> = {
  [PREVIOUS.version]: previous.folder,
  present: join(import.meta.dirname, '../..'),
};

function programsOf(coordinator: string, sidecar: string): Programs {
  const program = (release: string, name: string) => [
    process.execPath,
    join(ROOTS[release] ?? '', name, 'main.ts'),
  ];
  return { coordinator: program(coordinator, 'coordinator'), sidecar: program(sidecar, 'sidecar') };
}

test.each([
  ['present', PREVIOUS.version],
  [PREVIOUS.version, 'present'],
])(
  'coordinator %s and sidecars %s take a run and stop it in order, and nothing is lost',
  async (coordinator, sidecar) => {
    await using daq = await startDaq({ programs: programsOf(coordinator, sidecar) });
    await start(daq, 1);
    await stopClean(daq, 1);
    // Out of error too, and over again: what is seldom used is what is seldom tried.
    await start(daq, 2);
    await stopClean(daq, 2);
    expect((await daq.end()).unclean).toEqual([]);
  },
);

test('in a run the coordinator is upgraded and rolled back: journal, run and history go on', async () => {
  await using daq = await startDaq({ programs: programsOf(PREVIOUS.version, PREVIOUS.version) });
  await start(daq, 1);
  await stopClean(daq, 1);
  await start(daq, 2);
  {
    await using upgraded = await startStandby(daq);
    // `baton up` starts its own again, which stands by now.
    process.kill(daq.up.coordinatorPid(), 'SIGKILL');
    await untilLeads(daq, upgraded.address);
    await stopClean(daq, 2);
    await start(daq, 3);
  }
  await untilLeads(daq, daq.up.address);
  await stopClean(daq, 3);
  const { out } = await daq.baton('runs -o json');
  const clean = [3, 2, 1].map((number) => ({ number, status: 'RUN_STATUS_CLEAN' }));
  expect(JSON.parse(out)).toMatchObject(clean);
  expect((await daq.end()).unclean).toEqual([]);
});

async function start(daq: Daq, run: number): Promise<void> {
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`run ${run} goes on`),
  });
  await daq.site.readOut(run, 50);
}

async function stopClean(daq: Daq, run: number): Promise<void> {
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`run ${run} ended clean`),
  });
  expect(await verifyRun(daq.site.data, run)).toMatchObject({ ok: true, notes: [] });
}
