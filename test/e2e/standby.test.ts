// A second coordinator beside `baton up`, started as the coordinator's README says.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { condition } from '../sidecar/condition.ts';
import { type Daq, ENVIRONMENT, startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

const MAIN = join(import.meta.dirname, '../../coordinator/main.ts');

type Standby = AsyncDisposable & { readonly address: string; readonly pid: number };

async function startStandby({ site }: Daq): Promise<Standby> {
  const portFile = join(site.home, 'standby.port');
  const flags = {
    '--document': site.document,
    '--journal': join(site.directory, 'journal.sqlite'),
    '--targets': join(site.directory, 'targets.json'),
    '--listen': '127.0.0.1:0',
    '--port-file': portFile,
  };
  // It says what it does where the other one does: the history is put together from there.
  const log = openSync(join(site.directory, 'logs', 'coordinator.log'), 'a');
  const child = spawn(process.execPath, [MAIN, ...Object.entries(flags).flat()], {
    env: ENVIRONMENT,
    stdio: ['ignore', log, 'inherit'],
  });
  const ended = once(child, 'exit');
  const address = (): string => {
    try {
      return readFileSync(portFile, 'utf8').trim();
    } catch {
      return '';
    }
  };
  await condition('it stands by', () => address() !== '');
  return {
    address: address(),
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test('it leads once the first one is dead, who knew only the first one finds it, and the end is in order', async () => {
  await using daq = await startDaq();
  await using standby = await startStandby(daq);
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.site.readOut(1, 50);
  process.kill(daq.up.coordinatorPid(), 'SIGKILL');
  // `baton up` starts its own again, which stands by now; its address is the one that people know.
  await condition('it knows who leads', async () =>
    (await daq.baton('version')).out.includes(`server  ${standby.address}: partition mini`),
  );
  const stopped = await daq.baton('send stop_run');
  expect(stopped).toMatchObject({ code: 0, out: expect.stringContaining('run 1 ended clean') });
  const { unclean } = await daq.end();
  expect(unclean).toEqual([]);
});
