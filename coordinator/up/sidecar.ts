// What a sidecar is told when it starts. `baton up` starts sidecars as programs and never imports them.

import { join } from 'node:path';
import { unreachable } from '../../protos/failure/invariant.ts';
import type { Machine } from '../../protos/machine/table.ts';
import type { Program } from './child.ts';
import type { PodPlan } from './podplan.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export type SidecarSetting = {
  readonly partition: string;
  readonly machine: Machine;
  readonly log: LogLevel;
  /** Folder of its credentials. */
  readonly tls?: string | undefined;
  /** The program that reads the configuration in that file. */
  readonly program: (configFile: string) => Program;
};

type PodFacts = { readonly plan: PodPlan; readonly podUid: string; readonly directory: string };

/** The content of a sidecar's configuration file. */
export function sidecarConfig(setting: SidecarSetting, { plan, podUid, directory }: PodFacts) {
  const { partition, machine, log, tls } = setting;
  const { segment, ordinal, ports, gracePeriodMs, marginMs } = plan;
  return {
    partition,
    segment,
    ordinal,
    podUid,
    machine,
    adapter: adapterConfig(plan),
    listen: { grpc: `127.0.0.1:${ports.grpc}`, probes: `127.0.0.1:${ports.probes}` },
    stateFile: join(directory, 'state'),
    portFile: join(directory, 'ports.json'),
    gracePeriodMs,
    marginMs,
    log,
    ...(tls === undefined ? {} : { tls: { directory: tls } }),
  };
}

/** What a document says of an adapter, as the sidecar of one member is told it. */
function adapterConfig({ adapter, ports, child }: PodPlan) {
  const address = `127.0.0.1:${ports.adapter}`;
  switch (adapter.type) {
    case 'grpc':
      return { type: adapter.type, address };
    case 'http': {
      const { port: _, ...settings } = adapter;
      return { ...settings, address };
    }
    case 'child':
      return { ...adapter, ...child };
    case 'exec':
      return adapter;
    default:
      return unreachable(adapter);
  }
}
