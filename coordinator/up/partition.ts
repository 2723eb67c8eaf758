// A whole partition on one machine: one coordinator, and a pod for each target.

import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Dialling } from '../../protos/credentials/dialling.ts';
import { connect } from '../cli/client.ts';
import type { PartitionDocument } from '../document/document.ts';
import { readDocument } from '../document/parse.ts';
import { readPlaces } from '../fleet/discovery.ts';
import { seenAttached } from './attached.ts';
import type { Registry } from './child.ts';
import { claim } from './claim.ts';
import { startCoordinator } from './coordinatorChild.ts';
import { replaceFile } from './files.ts';
import { startGuard } from './guard.ts';
import { endLeftovers, openLedger } from './ledger.ts';
import { openLog } from './logfile.ts';
import { pathsIn } from './paths.ts';
import { keepPlaces, reportEnded } from './places.ts';
import type { Pod } from './pod.ts';
import { type PodPlan, planPods } from './podplan.ts';
import { openPorts } from './ports.ts';
import { openReporter, type Reporter } from './reporter.ts';
import { coordinatorProgram, livesOf, type Setting, startPod, type UpOptions } from './setting.ts';
import { type Running, stopAll, type Unclean } from './stop.ts';
import { checkCredentials, openDialling } from './tls.ts';

/** A report that takes longer is given again, in milliseconds. */
const REPORT_TIMEOUT_MS = 2_000;

/** A partition that runs. Disposing it stops it in order. */
export type UpPartition = AsyncDisposable & {
  readonly name: string;
  /** `host:port` of the coordinator. */
  readonly address: string;
  readonly document: PartitionDocument;
  /** How that coordinator is dialled; the one who asks closes it. */
  readonly dialling: () => Dialling;
  readonly pods: readonly Pod[];
  /** Pid of the coordinator that runs now; 0 when none does. */
  readonly coordinatorPid: () => number;
  /** Resolves once every process is attached and the coordinator sees it; rejects when it is stopped before. */
  readonly ready: Promise<void>;
  /** Stops everything in order; gives the targets whose end was not clean. The same however often it is called. */
  readonly stop: () => Promise<readonly Unclean[]>;
  /** SIGKILL to everything at once; gives the names of what was still running. */
  readonly kill: () => readonly string[];
};

/**
 * Starts a partition and resolves once its coordinator listens and its pods are starting. Throws
 * RunControlError: MALFORMED with all problems of the document or the credentials, BUSY when another `baton up` has the
 * directory, STORAGE when the coordinator cannot begin, STOPPING when the signal
 * aborted before it had; nothing runs then.
 */
export async function startPartition(options: UpOptions): Promise<UpPartition> {
  const document = await readDocument(options.document);
  checkCredentials(options, document);
  const paths = pathsIn(resolve(options.directory));
  await using begun = new AsyncDisposableStack();
  begun.use(claim(paths));
  const tell = options.tell ?? (() => {});
  const left = await endLeftovers(paths.started);
  if (left.length > 0) tell(`ended what an earlier baton up left behind: ${left.join(', ')}`);
  const ledger = openLedger(paths.started, tell);
  begun.use(startGuard(paths.started));
  const registry = (name: string): Registry => ({
    began: (identity) => ledger.began({ ...identity, name }),
    ended: ledger.ended,
  });
  const ports = openPorts(Math.random);
  const environment = options.environment ?? process.env;
  const plans = await planPods(document, ports, { environment, baton: options.programs?.baton });
  const listen = options.listen ?? `127.0.0.1:${await ports.take(document.ports.coordinator)}`;
  const dialling = () => openDialling(options, document);
  const setting = { options, document, paths, registry, tell, environment, dialling };
  const running = await start(setting, { plans, listen });
  const release = begun.move();
  return handleOf(setting, running, release);
}

async function start(
  setting: Setting,
  { plans, listen }: { readonly plans: readonly PodPlan[]; readonly listen: string },
): Promise<Running> {
  const { document, paths, registry, tell } = setting;
  mkdirSync(paths.logs, { recursive: true });
  rmSync(paths.pods, { recursive: true, force: true });
  const former = readPlaces(paths.targets).places;
  const placed = keepPlaces(paths.targets);
  const log = openLog(paths.log('coordinator'));
  let reporter: Reporter | undefined;
  const coordinator = await startCoordinator({
    program: coordinatorProgram(setting, listen),
    lives: livesOf(setting, 'coordinator'),
    portFile: paths.coordinatorPort,
    log,
    registry: registry('coordinator'),
    tell,
    signal: setting.options.signal,
    began: () => reporter?.retell(),
  });
  replaceFile(paths.address, `${coordinator.address}\n`);
  const connection = connect(coordinator.address, REPORT_TIMEOUT_MS, { dialling: setting.dialling() });
  reporter = openReporter(connection, tell);
  reportEnded(former, reporter);
  const pods = plans.map((plan) => startPod(setting, plan, { report: reporter.report, placed }));
  tell(`${document.name} is starting: ${pods.length} targets, coordinator at ${coordinator.address}`);
  const closing = new AbortController();
  const targets = pods.map(({ target }) => target);
  const seen = seenAttached(connection, { targets, signal: closing.signal });
  const ready = Promise.all([seen, ...pods.map((pod) => pod.attached)]).then(() => undefined);
  // Not everybody waits for it.
  ready.catch(() => undefined);
  const close = async () => {
    closing.abort();
    await reporter.close();
    connection[Symbol.dispose]();
    log[Symbol.dispose]();
  };
  return { coordinator, pods, reporter, ready, close };
}

function handleOf(setting: Setting, running: Running, release: AsyncDisposableStack): UpPartition {
  const { pods, coordinator } = running;
  let stopping: Promise<readonly Unclean[]> | undefined;
  const stop = () => {
    stopping ??= stopAll(setting, running).finally(() => release.disposeAsync());
    return stopping;
  };
  return {
    name: setting.document.name,
    address: coordinator.address,
    document: setting.document,
    dialling: setting.dialling,
    pods,
    coordinatorPid: coordinator.container.pid,
    ready: running.ready,
    stop,
    kill: () => {
      const killed = pods.flatMap((pod) => pod.kill());
      if (coordinator.container.pid() !== 0) killed.push('coordinator');
      coordinator.container.kill();
      return killed;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
