// The product's other side: the cores of real sidecars, each with its shell, rules, state file and gRPC
// server, around a process that does nothing. Their probes and figures stay out.

import { join } from 'node:path';
import { destination, type Logger, pino } from 'pino';
import { machineHash } from '../../../protos/machine/hash.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { serve } from '../../../protos/serve.ts';
import { sidecarService } from '../../../sidecar/api/service.ts';
import { monotonicClock } from '../../../sidecar/clock.ts';
import { compileMachine } from '../../../sidecar/machine/compile.ts';
import type { Adapter, ProcessEvent } from '../../../sidecar/process/adapter.ts';
import { createSidecar } from '../../../sidecar/shell.ts';
import { readBootId } from '../../../sidecar/state/boot.ts';
import { openStateFile } from '../../../sidecar/state/file.ts';
import type { HostedPlaces, HostSetting } from '../messages.ts';
import { partitionOf, podUidOf, targetOf } from '../partition.ts';

const PRE_STOP_ANSWER_MS = 25_000;

const machine = { compiled: compileMachine(minimal), machineHash: machineHash(minimal) };

/** Starts the sidecars of one process. */
export async function startSidecars(setting: HostSetting): Promise<HostedPlaces> {
  const log = logInto(setting);
  const bootId = readBootId();
  const ordinals = Array.from({ length: setting.targets }, (_, index) => setting.first + index);
  return Promise.all(ordinals.map((ordinal) => startOne({ ordinal, bootId, setting, log })));
}

type One = { ordinal: number; bootId: string; setting: HostSetting; log: Logger };

async function startOne({ ordinal, bootId, setting, log: root }: One): Promise<HostedPlaces[number]> {
  const [target, podUid] = [targetOf(ordinal), podUidOf(ordinal)];
  const partition = partitionOf(setting.targets).name;
  const settings = { target, partition, podUid, ...machine, preStopAnswerMs: PRE_STOP_ANSWER_MS };
  const path = join(setting.directories.memory, target);
  const stateFile = openStateFile({ path, bootId, podUid, ...machine });
  const clock = monotonicClock;
  const log = root.child({ partition, target });
  const fatal = (trouble: unknown): never => {
    throw trouble;
  };
  const sidecar = createSidecar({ settings, stateFile, adapter: idleProcess(), clock, log, fatal });
  const services = [sidecarService({ sidecar, clock, log })];
  const { address } = await serve({ listen: '127.0.0.1:0', insecureListen: false, services });
  return { target, address, podUid };
}

/** A process that has done whatever it is asked by the time it is asked. */
function idleProcess(): Adapter {
  let tell = (_: ProcessEvent): void => undefined;
  const attachment = { id: 1, startId: 'start-1' };
  const process = { state: minimal.initial, busy: undefined, executed: undefined, trouble: '' };
  return {
    start: (listener) => {
      tell = listener;
      queueMicrotask(() => tell({ type: 'attached', attachment, process }));
    },
    // Not on the spot, which the port forbids, but before anything else happens.
    perform: ({ token, to: state }) => {
      queueMicrotask(() =>
        tell({ type: 'hookEnded', attachment: attachment.id, token, outcome: 'executed', state, cause: '' }),
      );
    },
    giveUp: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** As the program logs, but all sidecars of a process into one file. */
function logInto({ log, directories, first }: HostSetting): Logger {
  const dest = join(directories.disk, `sidecars-${first}.log`);
  return pino({ level: log === 'all' ? 'info' : 'silent' }, destination({ dest, sync: true }));
}
