// What thousands of pods cost a coordinator: until it knows all of them, and from then on.

import { setTimeout as wait } from 'node:timers/promises';
import { condition } from '../../sidecar/condition.ts';
import { type Asked, askedSince, auditMark, writesOf } from '../audit.ts';
import { NAMESPACE } from '../charts/helm.ts';
import { type CoordinatorProcess, startCoordinator } from './coordinator.ts';
import { openCrowd } from './crowd.ts';
import type { Silence } from './network.ts';

export type Plan = {
  /** A multiple of ten. */
  readonly pods: number;
  readonly silence: Silence;
  /** How long it is looked at when it rests, in milliseconds. */
  readonly restMs: number;
};

export type Figures = {
  /** From its start until every pod was known to it, in milliseconds. */
  readonly settledMs: number;
  /** Resident memory at the end, and the most that it ever was. */
  readonly rssMb: number;
  readonly peakMb: number;
  /** Processors that it took while it rested, on average. */
  readonly restCores: number;
  /** Lines of its log in that time. */
  readonly restLines: number;
  /** What it wrote to the API server from its start until it rested, and in the rest: `update leases`. */
  readonly startWrites: readonly string[];
  readonly restWrites: readonly string[];
};

/** How long it may take to know all pods before that is given up, in milliseconds. */
const SETTLE_MS = 120_000;

/** By then everybody has been dialled in vain, and it was told what is wrong with them; in milliseconds. */
const UNREST_MS = 45_000;

const LOOK_MS = 200;

const PLACED = 'baton_partition_targets_placed';

/** Makes the pods, starts a coordinator, and looks at it. */
export async function measure(
  { pods, silence, restMs }: Plan,
  tell: (words: string) => void,
): Promise<Figures> {
  tell(`making ${pods} pods`);
  await using crowd = await openCrowd(pods, silence);
  const log = crowd.plane.auditLog;
  const own = (asked: readonly Asked[]) =>
    writesOf(asked)
      .filter(({ user }) => user === crowd.user)
      .map(
        ({ verb, resource, subresource }) => `${verb} ${[resource, subresource].filter(Boolean).join('/')}`,
      );
  const begun = auditMark(log);
  tell('starting the coordinator');
  await using coordinator = await startCoordinator({ kubeconfig: crowd.kubeconfig, namespace: NAMESPACE });
  const settledMs = await untilSettled(coordinator, pods);
  tell(`all pods are known after ${(settledMs / 1_000).toFixed(1)} s`);
  await wait(UNREST_MS);
  const startWrites = own(askedSince(begun, log));
  const [mark, before, lines] = [auditMark(log), coordinator.usage(), coordinator.log().length];
  await wait(restMs);
  const { rssMb, peakMb, cpuSeconds } = coordinator.usage();
  return {
    settledMs,
    rssMb,
    peakMb,
    restCores: (cpuSeconds - before.cpuSeconds) / (restMs / 1_000),
    restLines: coordinator.log().length - lines,
    startWrites,
    restWrites: own(askedSince(mark, log)),
  };
}

async function untilSettled({ metric, startedMs }: CoordinatorProcess, pods: number): Promise<number> {
  const knowsAll = async () => {
    // To be asked costs it something too.
    await wait(LOOK_MS);
    return (await metric(PLACED)) === pods;
  };
  await condition(`${pods} pods are known`, knowsAll, SETTLE_MS);
  return performance.now() - startedMs;
}
