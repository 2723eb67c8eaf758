// The coordinator in a cluster with a real API server: Partitions, StatefulSets and pods are real objects; what
// controllers and kubelets would do to them the test does, and the sidecars run here.

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { systemClock } from '../../../coordinator/clock.ts';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { isFault } from '../../../coordinator/cluster/client/fault.ts';
import {
  JOURNALS,
  NAMESPACES,
  PARTITIONS,
  PODS,
  STATEFUL_SETS,
} from '../../../coordinator/cluster/client/resource.ts';
import { ClusterCoordinator } from '../../../coordinator/cluster/coordinator.ts';
import type { OpenJournal } from '../../../coordinator/cluster/reconcile/parts.ts';
import { PARTITIONS_MAX } from '../../../coordinator/cluster/reconcile/reconciler.ts';
import { partitionStatusSchema } from '../../../coordinator/cluster/resources/status.ts';
import { createObjectJournal } from '../../../coordinator/journal/object/journal.ts';
import { kubeObjectStore } from '../../../coordinator/journal/object/store.ts';
import type { ListPartitionsResponse__Output } from '../../../protos/generated/baton/v1/ListPartitionsResponse.ts';
import type { Partition__Output } from '../../../protos/generated/baton/v1/Partition.ts';
import type { SubmitResponse__Output } from '../../../protos/generated/baton/v1/SubmitResponse.ts';
import type { Obedient } from '../../coordinator/obedient.ts';
import { type Client, clientOf } from '../../coordinator/rig.ts';
import { condition } from '../../sidecar/condition.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { installKinds } from './kinds.ts';
import { createSet, setStatus, startPod, statusOf } from './pods.ts';

let plane: ControlPlane;
let client: KubeClient;

beforeAll(async () => {
  plane = await startControlPlane();
  client = KubeClient.open({ kind: 'kubeconfig', path: plane.kubeconfig, context: undefined });
  await installKinds(client);
}, 120_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane[Symbol.asyncDispose]();
});

let held = new AsyncDisposableStack();
afterEach(async () => {
  await held.disposeAsync();
  held = new AsyncDisposableStack();
});

/** A namespace of its own, so that tests do not see one another. */
async function newNamespace(name: string): Promise<string> {
  await client.create(NAMESPACES, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}

const addresses = new Map<string, string>();

/** Where a sidecar listens, by the UID of its pod: they all have the address of this machine. */
function meet({ podUid, address }: Obedient): void {
  addresses.set(podUid, address);
}

/** A coordinator that leads the Partitions of `namespace`; who leads is no matter here. */
async function coordinatorOf(
  namespace: string,
  as: KubeClient = client,
): Promise<{ client: Client; fatal: unknown[] }> {
  const fatal: unknown[] = [];
  const openJournal: OpenJournal = (name, options) =>
    createObjectJournal({ ...options, store: kubeObjectStore(as, name), random: Math.random });
  const coordinator = held.use(
    await ClusterCoordinator.start({
      listen: '127.0.0.1:0',
      http: '127.0.0.1:0',
      insecureListen: false,
      ownPod: undefined,
      client: as,
      namespaces: [namespace],
      dialling: { kind: 'plaintext', beyond: false },
      openJournal,
      addressOf: ({ uid }) => addresses.get(uid) ?? '',
      elect: () => ({
        elected: Promise.resolve(true),
        isCertain: () => true,
        holder: () => undefined,
        [Symbol.asyncDispose]: async () => undefined,
      }),
      clock: systemClock,
      random: Math.random,
      log: pino({ level: process.env['LOG'] ?? 'silent' }),
      onFatal: (error) => fatal.push(error),
    }),
  );
  return { client: held.use(clientOf(coordinator.address)), fatal };
}

async function createPartition(namespace: string, name: string, members = 2): Promise<void> {
  const spec = { machine: 'minimal', segments: [{ name: 'readout', members }] };
  const body = { apiVersion: 'baton.dev/v1alpha1', kind: 'Partition', metadata: { name }, spec };
  await client.create(PARTITIONS, { namespace }, body);
}

/** A Partition with its StatefulSet and pods. */
async function createDaq(namespace: string, name: string, members = 2): Promise<readonly Obedient[]> {
  const labels = { 'baton.dev/partition': name, 'baton.dev/segment': 'readout' };
  const set = { namespace, name: `${name}-readout` };
  const uid = await createSet(client, set, labels);
  await createPartition(namespace, name, members);
  const words = { namespace, labels, set: { ...set, uid } };
  const sidecars: Obedient[] = [];
  for (let ordinal = 0; ordinal < members; ordinal++) {
    const sidecar = held.use(
      await startPod(client, { ...words, name: `${name}-readout-${ordinal}`, ordinal }, meet),
    );
    sidecars.push(sidecar);
  }
  return sidecars;
}

function view({ ask }: Client, partition: string): Promise<Partition__Output | undefined> {
  return ask<{ partition: Partition__Output | null }>((stub, done) =>
    stub.getPartition({ partition }, done),
  ).then(
    (answer) => answer.partition ?? undefined,
    () => undefined,
  );
}

/** Asks until it is led and all `members` are in control. */
async function controlled(asker: Client, partition: string, members: number): Promise<void> {
  await condition(`${partition} has ${members} targets in control`, async () => {
    const targets = (await view(asker, partition))?.targets ?? [];
    return targets.length === members && targets.every(({ connected }) => connected);
  });
}

async function submit({ ask }: Client, partition: string, sequence: string): Promise<void> {
  const operationId = `${sequence}-${Math.random().toString(36).slice(2)}`;
  const request = { partition, operationId, operator: 'me', command: { sequence, argumentsJson: '{}' } };
  await ask<SubmitResponse__Output>((stub, done) => stub.submit(request, done));
}

async function inState(asker: Client, partition: string, state: string): Promise<void> {
  await condition(`${partition} is ${state}`, async () => {
    const seen = await view(asker, partition);
    return seen?.state === state && seen.operation?.status !== 'OPERATION_STATUS_OPEN';
  });
}

/** What ListPartitions says is wrong with it. */
async function trouble({ ask }: Client, partition: string): Promise<string> {
  const { partitions } = await ask<ListPartitionsResponse__Output>((stub, done) =>
    stub.listPartitions({}, done),
  );
  return partitions.find(({ name }) => name === partition)?.trouble ?? 'not listed';
}

async function troubled(asker: Client, partition: string, words: string): Promise<void> {
  let last = '';
  await condition(`${partition} is in trouble: ${words}`, async () => {
    last = await trouble(asker, partition).catch(String);
    return last.includes(words);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it said: ${last}`);
  });
}

const statusSchema = z.object({ status: partitionStatusSchema.optional() });

async function conditionOf(namespace: string, name: string, type: string): Promise<string> {
  const { status } = statusSchema.parse(await client.get(PARTITIONS, { namespace, name }));
  const found = status?.conditions.find((each) => each.type === type);
  return found === undefined ? 'none' : `${found.status} ${found.reason}: ${found.message}`;
}

function exists(resource: typeof PARTITIONS, namespace: string, name: string): Promise<boolean> {
  return client.get(resource, { namespace, name }).then(
    () => true,
    (error: unknown) => {
      if (isFault(error, 'notFound')) return false;
      throw error;
    },
  );
}

test('a Partition is led: the first size is set, its pods are found, a run is taken', async () => {
  const namespace = await newNamespace('led');
  const { client: asker, fatal } = await coordinatorOf(namespace);
  const sidecars = await createDaq(namespace, 'daq');
  await controlled(asker, 'daq', 2);
  const scale = z.object({ spec: z.object({ replicas: z.number() }) });
  const set = await client.get(STATEFUL_SETS, { namespace, name: 'daq-readout', subresource: 'scale' });
  expect(scale.parse(set).spec.replicas).toBe(2);
  await submit(asker, `${namespace}/daq`, 'start_run');
  await inState(asker, 'daq', 'running');
  expect(sidecars.map(({ asked }) => asked.length)).toEqual([1, 1]);
  expect(fatal).toEqual([]);
});

test('a pod that is replaced is another place, and the one that ended is known to have', async () => {
  const namespace = await newNamespace('replaced');
  const { client: asker } = await coordinatorOf(namespace);
  await createDaq(namespace, 'daq', 1);
  await controlled(asker, 'daq', 1);
  const name = 'daq-readout-0';
  const labels = { 'baton.dev/partition': 'daq', 'baton.dev/segment': 'readout' };
  await setStatus(client, { namespace, name }, statusOf({ terminated: { exitCode: 0 } }));
  await client.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0 });
  const set = { namespace, name: 'daq-readout', uid: 'b5f0f4a8-0000-4000-8000-000000000000' };
  const second = held.use(await startPod(client, { namespace, name, ordinal: 0, labels, set }, meet));
  await condition('the second pod is in control', async () => {
    const [target] = (await view(asker, 'daq'))?.targets ?? [];
    return target?.connected === true && target.address === second.address;
  });
});

test('a spec that cannot be read is told with all problems, and what was led goes on', async () => {
  const namespace = await newNamespace('invalid');
  const { client: asker } = await coordinatorOf(namespace);
  await createDaq(namespace, 'daq', 1);
  await createDaq(namespace, 'other', 1);
  await controlled(asker, 'daq', 1);
  await controlled(asker, 'other', 1);
  const where = { namespace, name: 'daq' };
  await client.patch(PARTITIONS, where, { kind: 'merge', body: { spec: { orders: { go: [['readout']] } } } });
  await troubled(asker, 'daq', 'spec.orders.go');
  await condition('the condition says so', async () =>
    (await conditionOf(namespace, 'daq', 'Accepted')).startsWith('False Invalid'),
  );
  await submit(asker, 'daq', 'start_run');
  await inState(asker, 'daq', 'running');
  expect(await trouble(asker, 'other')).toBe('');
});

test('StatefulSets that are not there, and pods of others, are named', async () => {
  const namespace = await newNamespace('sets');
  const { client: asker } = await coordinatorOf(namespace);
  await createPartition(namespace, 'daq');
  await troubled(asker, 'daq', 'StatefulSet daq-readout of segment readout does not exist');
  const labels = { 'baton.dev/partition': 'other', 'baton.dev/segment': 'readout' };
  await createSet(client, { namespace, name: 'daq-readout' }, labels);
  await troubled(asker, 'daq', 'makes pods of partition other');
  await condition('the condition says so', async () =>
    (await conditionOf(namespace, 'daq', 'StatefulSetsFound')).startsWith('False NotUsable'),
  );
});

test('a journal that was edited by hand keeps its partition from being led, and no other', async () => {
  const namespace = await newNamespace('journal');
  await createDaq(namespace, 'daq', 1);
  await createDaq(namespace, 'other', 1);
  const first = await coordinatorOf(namespace);
  await controlled(first.client, 'daq', 1);
  const where = { namespace, name: 'daq' };
  await client.patch(JOURNALS, where, { kind: 'merge', body: { spec: { records: ['{"nothing":1}'] } } });
  await submit(first.client, 'daq', 'start_run').catch(() => undefined);
  await troubled(first.client, 'daq', 'journal');
  await controlled(first.client, 'other', 1);
  await submit(first.client, 'other', 'start_run');
  await inState(first.client, 'other', 'running');
  await expect(submit(first.client, 'daq', 'start_run')).rejects.toMatchObject({ code: 'STORAGE' });
  expect(first.fatal).toEqual([]);
});

test('a Partition that is deleted in a run is stopped in order, then its journal goes, then it', async () => {
  const namespace = await newNamespace('deleted');
  const { client: asker } = await coordinatorOf(namespace);
  const [sidecar] = await createDaq(namespace, 'daq', 1);
  await controlled(asker, 'daq', 1);
  await submit(asker, 'daq', 'start_run');
  await inState(asker, 'daq', 'running');
  await client.delete(PARTITIONS, { namespace, name: 'daq' });
  await condition('the Partition is gone', async () => !(await exists(PARTITIONS, namespace, 'daq')));
  expect(sidecar?.asked.map(({ transition }) => transition)).toEqual(['start', 'stop']);
  expect(await exists(JOURNALS, namespace, 'daq')).toBe(false);
  await expect(submit(asker, 'daq', 'start_run')).rejects.toMatchObject({ code: 'UNKNOWN_PARTITION' });
});

test('a partition beyond the limit is named with the reason, and takes the first room there is', async () => {
  const namespace = await newNamespace('many');
  const names = Array.from({ length: PARTITIONS_MAX + 1 }, (_, at) => `p${String(at).padStart(3, '0')}`);
  for (const name of names) await createPartition(namespace, name);
  const asker = await coordinatorOf(namespace);
  const listed = () =>
    asker.client
      .ask<ListPartitionsResponse__Output>((stub, done) => stub.listPartitions({}, done))
      .then(
        ({ partitions }) => partitions,
        // It has only begun to lead.
        () => [],
      );
  const beyond = async () => {
    return (await listed()).filter(({ trouble }) => trouble.includes('one coordinator leads 100 partitions'));
  };
  await condition('all are listed', async () => (await listed()).length === names.length);
  const [left, ...others] = await beyond();
  expect(others).toEqual([]);
  const gone = names.find((name) => name !== left?.name) ?? '';
  await client.delete(PARTITIONS, { namespace, name: gone });
  await condition('there is room for all', async () => {
    return (await listed()).length === PARTITIONS_MAX && (await beyond()).length === 0;
  });
});

test('members follow the StatefulSet and its pods', async () => {
  const namespace = await newNamespace('members');
  const { client: asker } = await coordinatorOf(namespace);
  await createDaq(namespace, 'daq', 2);
  await controlled(asker, 'daq', 2);
  const where = { namespace, name: 'daq-readout', subresource: 'scale' };
  await client.patch(STATEFUL_SETS, where, { kind: 'merge', body: { spec: { replicas: 3 } } });
  await condition('there are three', async () => (await view(asker, 'daq'))?.targets.length === 3);
  await client.patch(STATEFUL_SETS, where, { kind: 'merge', body: { spec: { replicas: 1 } } });
  // The pod of ordinal 1 is still there, and so is its target.
  await condition('there are two', async () => (await view(asker, 'daq'))?.targets.length === 2);
  await client.delete(PODS, { namespace, name: 'daq-readout-1' }, { gracePeriodSeconds: 0 });
  await condition('there is one', async () => (await view(asker, 'daq'))?.targets.length === 1);
});

test('a right that is missing is named, and the process stops all the same', async () => {
  const namespace = await newNamespace('rights');
  const rules = [
    { apiGroups: ['baton.dev'], resources: ['partitions', 'partitions/status'], verbs: ['*'] },
    { apiGroups: ['', 'apps', 'policy'], resources: ['*'], verbs: ['*'] },
  ];
  const name = 'no-journals';
  const rbac = 'rbac.authorization.k8s.io';
  const role = { group: rbac, version: 'v1', kind: 'ClusterRole', plural: 'clusterroles', namespaced: false };
  const binding = { ...role, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings' };
  const kind = { apiVersion: `${rbac}/v1`, metadata: { name } };
  await client.create(role, {}, { ...kind, kind: 'ClusterRole', rules });
  const subjects = [{ apiGroup: rbac, kind: 'User', name }];
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name };
  await client.create(binding, {}, { ...kind, kind: 'ClusterRoleBinding', subjects, roleRef });
  const path = plane.kubeconfigOf(name);
  const poor = held.use(KubeClient.open({ kind: 'kubeconfig', path, context: undefined }));
  const { client: asker, fatal } = await coordinatorOf(namespace, poor);
  await createDaq(namespace, 'daq', 1);
  await troubled(asker, 'daq', 'journals.baton.dev');
  expect(await trouble(asker, 'daq')).toContain('not allowed');
  expect(fatal).toEqual([]);
}, 60_000);

test('while the API server is away what is led goes on, and since when is told', async () => {
  const namespace = await newNamespace('away');
  const { client: asker, fatal } = await coordinatorOf(namespace);
  await createDaq(namespace, 'daq', 1);
  await controlled(asker, 'daq', 1);
  await submit(asker, 'daq', 'start_run');
  await inState(asker, 'daq', 'running');
  await plane.kill();
  await troubled(asker, 'daq', 'not seen since');
  const seen = await view(asker, 'daq');
  expect([seen?.state, seen?.targets[0]?.connected]).toEqual(['running', true]);
  // It waits for its journal, and is done once that can be written.
  const stopped = submit(asker, 'daq', 'stop_run');
  await troubled(asker, 'daq', 'its journal waits');
  await plane.start();
  await stopped;
  await inState(asker, 'daq', 'idle');
  await condition('all is well again', async () => (await trouble(asker, 'daq')) === '');
  expect(fatal).toEqual([]);
}, 120_000);
