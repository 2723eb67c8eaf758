// A whole sidecar with its faces, a folder of its own and a fake process beside it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { minimal } from '../../protos/machine/minimal.ts';
import { type Assembled, assemble } from '../../sidecar/assemble.ts';
import { type Clock, monotonicClock } from '../../sidecar/clock.ts';
import type { Config } from '../../sidecar/config/parse.ts';
import { type FakeProcess, fakeProcess } from './fakeProcess.ts';

export type Rig<Process = FakeProcess> = AsyncDisposable & {
  readonly process: Process;
  /** The present sidecar; another one after `restart`. */
  readonly sidecar: Assembled;
  /** Lines of its log. */
  readonly log: readonly string[];
  readonly config: Config;
  /** Stops the sidecar and starts it again beside the same process, as a kubelet does. */
  restart(changed?: Partial<Config>): Promise<void>;
  /** GET of one path on the probes port: status and body. */
  get(path: string, headers?: Record<string, string>): Promise<string>;
};

/** A sidecar for readout-3 of partition daq, machine minimal, beside a process that serves gRPC. */
export async function rig(changed: Partial<Config> = {}, clock: Clock = monotonicClock): Promise<Rig> {
  const process = await fakeProcess();
  return rigBeside(process, { adapter: { type: 'grpc', address: process.address }, ...changed }, clock);
}

/** The same beside any process; it is disposed of with the rig. */
export async function rigBeside<Process extends AsyncDisposable>(
  process: Process,
  changed: Partial<Config> & Pick<Config, 'adapter'>,
  clock: Clock = monotonicClock,
): Promise<Rig<Process>> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-sidecar-'));
  const log: string[] = [];
  const config: Config = {
    partition: 'daq',
    segment: 'readout',
    ordinal: 3,
    podUid: 'pod-1',
    machine: minimal,
    listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
    stateFile: join(folder, 'state'),
    gracePeriodMs: 30_000,
    marginMs: 5_000,
    detachedLimitMs: 30_000,
    insecureListen: false,
    tls: undefined,
    log: 'info',
    portFile: undefined,
    ...changed,
  };
  let sidecar = await start(config, clock, log);
  return {
    process,
    get sidecar() {
      return sidecar;
    },
    log,
    config,
    restart: async (again = {}) => {
      await sidecar[Symbol.asyncDispose]();
      sidecar = await start({ ...config, ...again }, clock, log);
    },
    get: async (path, headers = {}) => {
      const response = await fetch(`http://${sidecar.probes}${path}`, { headers });
      return `${response.status} ${(await response.text()).trim()}`;
    },
    [Symbol.asyncDispose]: async () => {
      await sidecar[Symbol.asyncDispose]();
      await process[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

function start(config: Config, clock: Clock, lines: string[]): Promise<Assembled> {
  const log = pino({ level: config.log }, { write: (line: string) => lines.push(line) });
  const fatal = (trouble: unknown) => lines.push(`fatal: ${String(trouble)}`);
  return assemble({ config, bootId: 'boot-1', clock, log, fatal });
}
