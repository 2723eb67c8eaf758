// Ctrl-C of a person, to the programs that the person has started.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { dune } from '../../protos/machine/dune.ts';
import { verifyRun } from '../daq/verify.ts';
import { condition } from '../sidecar/condition.ts';
import { livingOf, startBaton, startedPids } from './child.ts';
import { judge, startDaq } from './daq.ts';
import { openEye } from './eye.ts';
import { gather } from './history.ts';
import { baton } from './person.ts';
import { openSite, type Site, TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

function addressOf(site: Site): string {
  return readFileSync(join(site.directory, 'address'), 'utf8').trim();
}

test('once in a run: all is stopped in order, nothing is lost, nobody is left', async () => {
  using site = openSite();
  await using up = startBaton(site.home, 'up -f partition.yaml');
  await up.says('mini is up: 5 targets attached');
  const address = addressOf(site);
  expect(await baton(address, 'send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await site.readOut(1, 100);
  const pids = startedPids(site);
  expect(pids).toHaveLength(11);
  up.interrupt();
  expect(await up.ended).toBe(0);
  expect(up.out()).toContain('mini stops in order; Ctrl-C again kills everything');
  expect(up.out()).toMatch(/mini has ended in order\n$/);
  expect(up.err()).toBe('');
  expect(livingOf(pids)).toEqual([]);
  const report = await verifyRun(site.data, 1);
  expect(report).toMatchObject({ ok: true, records: { incomplete: 0 } });
  expect(report.fragments.written).toBeGreaterThanOrEqual(200);
  const history = await gather({ ...site, machine: dune, unclean: [], seen: [] });
  judge(history);
  const ends = history.filter((event) => event.kind === 'preStopAnswered');
  expect(ends.map(({ clean, atRest }) => clean && atRest)).toEqual([true, true, true, true, true]);
});

test('twice: everything is dead at once', async () => {
  using site = openSite({ members: { writer: 1 } });
  await using up = startBaton(site.home, 'up -f partition.yaml');
  await up.says('mini is up: 1 target attached');
  const address = addressOf(site);
  await using eye = openEye(address);
  expect(await baton(address, 'send start_run')).toMatchObject({ code: 0 });
  const pids = startedPids(site);
  expect(pids).toHaveLength(3);
  site.suffer('writer-0', { stop: { kind: 'hang' } });
  up.interrupt();
  await eye.until('it stops', ({ targets }) => targets.get('writer-0')?.view.doing === 'stop');
  up.interrupt();
  expect(await up.ended).toBe(130);
  await condition('all are dead', () => livingOf(pids).length === 0);
  expect(up.err()).toBe('killed, not stopped: writer-0, writer-0 sidecar, coordinator\n');
});

test('before all is attached: nothing is left', async () => {
  using site = openSite({ members: { writer: 1 } });
  site.suffer('writer-0', { attach: { kind: 'hang' } });
  await using up = startBaton(site.home, 'up -f partition.yaml');
  await up.says('mini is starting');
  const pids = startedPids(site);
  up.interrupt();
  expect(await up.ended).toBe(0);
  expect(livingOf(pids)).toEqual([]);
});

test('during send: the operation goes on, and one is told how to look at it', async () => {
  await using daq = await startDaq({ members: { writer: 1 } });
  daq.site.suffer('writer-0', { conf: { kind: 'slow', ms: 1_000 } });
  await using send = startBaton(daq.site.home, 'send conf');
  await daq.begins('writer-0', 'conf');
  await send.says('waiting for writer-0');
  send.interrupt();
  expect(await send.ended).toBe(130);
  expect(send.err()).toMatch(
    /operation (op-[0-9a-f]{16}) goes on; look with: baton status; stop it with: baton cancel \1\n$/,
  );
  expect(send.out()).toBe('');
  await daq.eye.until('it has ended', ({ partition }) => {
    return partition.operation?.status === 'OPERATION_STATUS_SUCCEEDED' && partition.state === 'configured';
  });
  await daq.end();
});
