// Pods that nobody leads: the sidecar's image beside a writer of the miniature DAQ, without charts and without a
// coordinator. A test speaks to the sidecar as one.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dune } from '../../protos/machine/dune.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { withOverrides } from '../../protos/machine/overrides.ts';
import { destination } from '../../protos/machine/table.ts';
import type { Faults } from '../daq/process/faults.ts';
import { condition } from '../sidecar/condition.ts';
import { TestCoordinator } from '../sidecar/testCoordinator.ts';
import { NODES } from './nodes.ts';
import { followPodLogs, type PodLogs } from './podLogs.ts';
import { openSite, type Site } from './site.ts';

/** What such a pod obeys. */
export const LONE_MACHINE = withOverrides(dune, { segments: ['writer'], orders: {}, timeouts: {} });

/** Who a test says that it is. */
export const LONE_HELLO = { partition: 'daq', target: 'writer-0', journalId: 'pod-test' };

export type LoneOptions = {
  /** Of the pod, in seconds; 60 without. */
  readonly grace?: number;
  /** What of it the process needs after the hook, in seconds; 5 without. */
  readonly margin?: number;
  /** How long nothing may be attached before liveness fails, in seconds; 30 without. */
  readonly detachedLimit?: number;
  /** A liveness probe of the process, each second, with these keys more; none without. */
  readonly liveness?: object;
};

export type LonePods = AsyncDisposable & {
  readonly site: Site;
  readonly logs: PodLogs;
  /** Starts a pod; resolves once its process is attached. */
  start(pod: string, options?: LoneOptions): Promise<void>;
  /** From now on its process has these faults, and no others. */
  suffer(pod: string, faults: Faults): void;
  /** What a path of its object says. */
  field(pod: string, path: string): Promise<string>;
  isReady(pod: string): Promise<boolean>;
  /** The kubelet itself has found the startup probes answered, after so many restarts of the sidecar. */
  isAttached(pod: string, restarts?: number): Promise<boolean>;
  /** A coordinator's stream to it. */
  commanded(pod: string, epoch: number): Promise<TestCoordinator>;
  /** Takes its process to `running`, from wherever it is, and lets it alone; gives its incarnation. */
  run(pod: string, epoch: number): Promise<string>;
};

/** A namespace for such pods. */
export async function openLonePods(name: string): Promise<LonePods> {
  await using begun = new AsyncDisposableStack();
  const site = begun.use(await openSite(name));
  const faults = await site.volume('faults');
  const logs = begun.use(followPodLogs(NODES, [site.namespace]));
  const field = (pod: string, path: string) => site.kubectl('get', 'pod', pod, `--output=jsonpath=${path}`);
  const isAttached = async (pod: string, restarts = 0) => {
    const process = '{.status.containerStatuses[0].started}';
    const sidecar =
      '{.status.initContainerStatuses[0].started} {.status.initContainerStatuses[0].restartCount}';
    return (await field(pod, `${process} ${sidecar}`)) === `true true ${restarts}`;
  };
  const commanded = async (pod: string, epoch: number) =>
    TestCoordinator.welcomed(`${await field(pod, '{.status.podIP}')}:7401`, { ...LONE_HELLO, epoch });
  const held = begun.move();
  return {
    ...{ site, logs, field, isAttached, commanded },
    start: async (pod, options = {}) => {
      await site.apply(configMap(pod, options), podObject(site, pod, options));
      await condition(`${pod} has a process that attached`, () => isAttached(pod));
    },
    suffer: (pod, given) => {
      mkdirSync(faults, { recursive: true });
      const file = join(faults, `${pod}.json`);
      writeFileSync(`${file}.new`, JSON.stringify(given));
      renameSync(`${file}.new`, file);
    },
    isReady: async (pod) => (await field(pod, '{.status.conditions[?(@.type=="Ready")].status}')) === 'True',
    run: async (pod, epoch) => {
      using coordinator = await commanded(pod, epoch);
      const incarnation = await coordinator.incarnation();
      const begins = coordinator.state?.state === 'initial' ? ['conf'] : [];
      await take(coordinator, 100 * epoch, [...begins, 'start', 'enable_triggers']);
      return incarnation;
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** One operation for each transition, each executed; the first has that number. */
export async function take(
  coordinator: TestCoordinator,
  first: number,
  names: readonly string[],
): Promise<void> {
  for (const [at, name] of names.entries()) {
    await ask(coordinator, first + at, name);
    await coordinator.untilAnswers(...names.slice(0, at + 1).map((_, done) => `${first + done}:executed`));
  }
}

/** Asks for one transition from where the process is; the run has the number of the operation. */
export async function ask(coordinator: TestCoordinator, number: number, name: string): Promise<void> {
  await coordinator.incarnation();
  const from = coordinator.state?.state ?? '';
  const to = destination(LONE_MACHINE, from, name) ?? '';
  const runNumber = name === 'conf' ? 0 : number;
  await coordinator.ask(number, name, { from, to, machineHash: machineHash(LONE_MACHINE), runNumber });
}

function configMap(pod: string, { grace = 60, margin = 5, detachedLimit = 30 }: LoneOptions) {
  const config = {
    ...{ partition: 'daq', segment: 'writer', ordinal: 0, machine: 'dune', segments: ['writer'] },
    adapter: { type: 'grpc', address: '127.0.0.1:5000' },
    listen: { grpc: '0.0.0.0:7401', probes: '0.0.0.0:7402' },
    ...{ stateFile: '/var/lib/baton/state', insecureListen: true },
    ...{ gracePeriod: `${grace}s`, margin: `${margin}s`, detachedLimit: `${detachedLimit}s` },
  };
  const data = { 'sidecar.json': JSON.stringify(config) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: pod }, data };
}

const RESTRICTED = {
  ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
  capabilities: { drop: ['ALL'] },
};

function probe(path: string, failureThreshold: number) {
  return { httpGet: { path, port: 7402 }, periodSeconds: 1, timeoutSeconds: 3, failureThreshold };
}

function podObject(site: Site, name: string, options: LoneOptions) {
  const { grace = 60 } = options;
  const security = { runAsNonRoot: true, fsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } };
  const spec = {
    ...{ terminationGracePeriodSeconds: grace, automountServiceAccountToken: false },
    ...{ securityContext: security, initContainers: [sidecarOf(site)] },
    containers: [writerOf(site, name, options)],
    volumes: [
      { name: 'config', configMap: { name } },
      { name: 'state', emptyDir: {} },
      { name: 'data', emptyDir: {} },
      { name: 'faults', persistentVolumeClaim: { claimName: 'faults' } },
    ],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
}

function sidecarOf(site: Site) {
  return {
    ...{ name: 'baton', image: site.image('sidecar'), imagePullPolicy: 'IfNotPresent' },
    ...{ restartPolicy: 'Always', args: ['--config', '/etc/baton/sidecar.json'] },
    env: [{ name: 'BATON_POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } }],
    ...{ securityContext: RESTRICTED, startupProbe: probe('/startupz', 60) },
    ...{ readinessProbe: probe('/readyz', 2), livenessProbe: probe('/livez', 3) },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/baton' },
      { name: 'state', mountPath: '/var/lib/baton' },
    ],
  };
}

function writerOf(site: Site, pod: string, { liveness }: LoneOptions) {
  const hook = { path: '/prestop', port: 7402, httpHeaders: [{ name: 'x-baton-prestop', value: '1' }] };
  return {
    ...{ name: 'writer', image: site.image('daq'), imagePullPolicy: 'IfNotPresent' },
    args: ['writer', '--port=5000', '--data-dir=/data', `--faults=/faults/${pod}.json`],
    ...{ securityContext: RESTRICTED, startupProbe: probe('/process/startupz', 180) },
    ...{ readinessProbe: probe('/process/readyz', 2), lifecycle: { preStop: { httpGet: hook } } },
    ...(liveness === undefined ? {} : { livenessProbe: { ...probe('/process/livez', 1), ...liveness } }),
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'faults', mountPath: '/faults', readOnly: true },
    ],
  };
}
