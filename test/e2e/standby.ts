// A second coordinator beside `baton up`, started as the coordinator's README says.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { condition } from '../sidecar/condition.ts';
import { type Daq, ENVIRONMENT } from './daq.ts';

const MAIN = join(import.meta.dirname, '../../coordinator/main.ts');

export type Standby = AsyncDisposable & { readonly address: string; readonly pid: number };

/** Resolves once it stands by; `main` is the program of another release. */
export async function startStandby({ site }: Daq, main: string = MAIN): Promise<Standby> {
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
  const child = spawn(process.execPath, [main, ...Object.entries(flags).flat()], {
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

/** Resolves once whoever is asked at the address of `baton up` says that the one at `address` leads. */
export async function untilLeads(daq: Daq, address: string): Promise<void> {
  await condition('it is known who leads', async () =>
    (await daq.baton('version')).out.includes(`server  ${address}: partition mini`),
  );
}
