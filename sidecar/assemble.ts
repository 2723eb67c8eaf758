// One sidecar as a program runs it: its memory, its process, its two faces.

import { renameSync, writeFileSync } from 'node:fs';
import type { Refused } from '../protos/credentials/refused.ts';
import { type CredentialStore, openCredentials } from '../protos/credentials/store.ts';
import { tellCredentials, tellRefused } from '../protos/credentials/tell.ts';
import { reach } from '../protos/failure/reach.ts';
import { RunControlError } from '../protos/failure/trouble.ts';
import { machineHash } from '../protos/machine/hash.ts';
import { seldom } from '../protos/seldom.ts';
import { type ServeTls, type Serving, serve } from '../protos/serve.ts';
import { sidecarService } from './api/service.ts';
import { type Clock, sinceBootUs } from './clock.ts';
import type { Config } from './config/parse.ts';
import type { Log } from './log.ts';
import { compileMachine } from './machine/compile.ts';
import type { Notice } from './notice.ts';
import { createMetrics, type Metrics } from './probes/metrics.ts';
import { type PreStopFault, type ProbesServer, serveProbes } from './probes/server.ts';
import { attachmentNumbers, type OwnChild } from './process/adapter.ts';
import { createAdapter } from './process/create.ts';
import type { Settings } from './rules/model.ts';
import type { RunningSidecar } from './running.ts';
import { createSidecar } from './shell.ts';
import { openStateFile, type StateFile } from './state/file.ts';

/** Version of this build, as /metrics tells it. */
export const VERSION = '0.2.0';

export type AssembleOptions = {
  readonly config: Config;
  readonly bootId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Memory could not be written: the program must end. */
  readonly fatal: (trouble: unknown) => void;
};

/** A sidecar that listens. Disposing it leaves the process as it is. */
export type Assembled = AsyncDisposable & {
  /** `host:port` with the real ports. */
  readonly grpc: string;
  readonly probes: string;
  /** The process, where the sidecar is its parent; disposing the sidecar kills it. */
  readonly child?: OwnChild;
  /** What is left now of the grace that began with the preStop hook, in milliseconds: the margin at least. */
  graceLeftMs(): number;
};

/**
 * Starts a sidecar with its faces. Throws RunControlError STORAGE when it cannot remember, UNREACHABLE when
 * it cannot listen, MALFORMED when its credentials cannot be used; then nothing of it is left running.
 */
export async function assemble(options: AssembleOptions): Promise<Assembled> {
  await using parts = new AsyncDisposableStack();
  const { config, clock } = options;
  const settings = settingsOf(config);
  const tls = openTls(options);
  if (tls !== undefined) parts.use(tls);
  const stateFile = parts.use(open(options, settings));
  const { sidecar, metrics, child } = start(options, settings, { stateFile, tls });
  parts.use(sidecar);
  let grpc: Serving | undefined;
  let preStopBegunMs: number | undefined;
  const { insecureListen } = config;
  const probes = parts.use(
    await serveProbes({
      listen: config.listen.probes,
      insecureListen,
      facts: () => ({
        machine: settings.compiled.machine,
        view: sidecar.present().view,
        listening: grpc !== undefined,
        detachedLimitMs: config.detachedLimitMs,
        ...sidecar.link(),
      }),
      preStop: () => {
        // Who asks again has begun the grace again.
        preStopBegunMs = clock.nowMs();
        return sidecar.preStop();
      },
      refused: tellRefusedPreStops(options, metrics.note),
      metrics,
    }),
  );
  const services = [sidecarService({ sidecar, clock: options.clock, log: options.log })];
  const serveTls = tls && serveTlsOf(options, { store: tls, metrics });
  grpc = parts.use(await serve({ listen: config.listen.grpc, insecureListen, tls: serveTls, services }));
  // Streams end with a word before the server that carries them stops.
  parts.defer(() => sidecar.closeStreams());
  reach('sidecar.before-address');
  tellPorts(options, { grpc, probes });
  const owned = parts.move();
  return {
    grpc: grpc.address,
    probes: probes.address,
    ...(child === undefined ? {} : { child }),
    graceLeftMs: () => {
      const nowMs = clock.nowMs();
      return Math.max(config.marginMs, config.gracePeriodMs - (nowMs - (preStopBegunMs ?? nowMs)));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function settingsOf(config: Config): Settings {
  return {
    target: `${config.segment}-${config.ordinal}`,
    partition: config.partition,
    podUid: config.podUid,
    compiled: compileMachine(config.machine),
    machineHash: machineHash(config.machine),
    preStopAnswerMs: config.gracePeriodMs - config.marginMs,
  };
}

function open({ config, bootId, log }: AssembleOptions, settings: Settings): StateFile {
  const { podUid, compiled } = settings;
  const path = config.stateFile;
  const onRemade = (): void =>
    log.warn(
      { stateFile: path },
      'the state file was taken away or changed by somebody else; it is made anew',
    );
  const { machineHash } = settings;
  const file = openStateFile({ path, bootId, podUid, machineHash, compiled, onRemade });
  if (file.why !== undefined) {
    log.warn({ stateFile: path, why: file.why }, 'what was remembered does not count; the state is unknown');
  }
  return file;
}

function openTls({ config, log }: AssembleOptions): CredentialStore | undefined {
  if (config.tls === undefined) return undefined;
  const { directory } = config.tls;
  const wanted = { role: 'sidecar', realm: realmOf(config) } as const;
  return openCredentials({ directory, wanted, notice: tellCredentials(log, directory) });
}

/** Anybody who reaches the port can make such calls: each is counted, few are told. */
function tellRefusedPreStops({ clock, log }: AssembleOptions, note: (notice: Notice) => void) {
  const now = seldom(() => clock.nowMs());
  return (why: PreStopFault, from: string): void => {
    note({ type: 'preStopRefused', why });
    now((untold) => log.warn({ why, from, untold }, 'a call of /prestop was refused'));
  };
}

/** In a cluster a name speaks for the whole namespace: there two partitions may have the same one. */
function realmOf({ tls, partition }: Config): string {
  return tls?.namespace ?? partition;
}

function serveTlsOf(
  { config, log }: AssembleOptions,
  { store, metrics }: { readonly store: CredentialStore; readonly metrics: Metrics },
): ServeTls {
  const tell = tellRefused(log);
  const refused = (each: Refused): void => {
    metrics.refused(each);
    tell(each);
  };
  return { store, realm: realmOf(config), refused };
}

type Held = { readonly stateFile: StateFile; readonly tls: CredentialStore | undefined };

type Started = {
  readonly sidecar: RunningSidecar;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly child: OwnChild | undefined;
};

function start(options: AssembleOptions, settings: Settings, { stateFile, tls }: Held): Started {
  const { config, clock, log, fatal } = options;
  const adapter = createAdapter(config.adapter, {
    partition: config.partition,
    segment: config.segment,
    ordinal: config.ordinal,
    machine: config.machine,
    machineHash: settings.machineHash,
    bootId: options.bootId,
    stateFile: config.stateFile,
    clock,
    log,
    fatal,
    nextAttachment: attachmentNumbers(sinceBootUs()),
  });
  const metrics = createMetrics({
    present: () => sidecar.present(),
    clock,
    version: VERSION,
    certificateSeconds: tls && (() => tls.secondsLeft()),
  });
  const notice = metrics.note;
  const sidecar = createSidecar({ settings, stateFile, adapter, clock, log, notice, fatal });
  return { sidecar, metrics, child: adapter.child };
}

/** Whoever started the sidecar with port 0 finds it here; a reader never sees half a file. */
function tellPorts(options: AssembleOptions, faces: { grpc: Serving; probes: ProbesServer }): void {
  const { config, log } = options;
  const ports = { grpc: faces.grpc.address, probes: faces.probes.address, pid: process.pid };
  if (config.portFile !== undefined) {
    try {
      writeFileSync(`${config.portFile}.new`, `${JSON.stringify(ports)}\n`);
      renameSync(`${config.portFile}.new`, config.portFile);
    } catch (cause) {
      throw new RunControlError('STORAGE', `cannot write the port file ${config.portFile}`, { cause });
    }
  }
  log.info({ ...ports, machine: config.machine.name, stateFile: config.stateFile }, 'sidecar listens');
}
