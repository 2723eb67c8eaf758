// The coordinator in a cluster with a real API server: Partitions, StatefulSets and pods are real objects; what
// controllers and kubelets would do to them the test does, and the sidecars run here.

import { expect, test } from 'vitest';
import * as z from 'zod';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { JOURNALS, PARTITIONS, PODS, STATEFUL_SETS } from '../../../coordinator/cluster/client/resource.ts';
import { PARTITIONS_MAX } from '../../../coordinator/cluster/reconcile/reconciler.ts';
import { condition } from '../../sidecar/condition.ts';
import { createDaq, createPartition, labelsOf, startCoordinator, startReadout } from './coordinator.ts';
import { useApiServer } from './ground.ts';
import { createSet, setStatus, statusOf } from './pods.ts';
import {
  conditioned,
  controlled,
  exists,
  inState,
  listed,
  noted,
  submit,
  trouble,
  troubled,
  view,
} from './told.ts';

const ground = useApiServer();

test('a Partition is led: the first size is set, its pods are found, a run is taken', async () => {
  const namespace = await ground.namespace('led');
  const { asker, fatal } = await startCoordinator(ground, namespace);
  const sidecars = await createDaq(ground, { namespace, name: 'daq' });
  await controlled(asker, 'daq', 2);
  const scale = z.object({ spec: z.object({ replicas: z.number() }) });
  const set = await ground.client.get(STATEFUL_SETS, {
    namespace,
    name: 'daq-readout',
    subresource: 'scale',
  });
  expect(scale.parse(set).spec.replicas).toBe(2);
  await submit(asker, `${namespace}/daq`, 'start_run');
  await inState(asker, 'daq', 'running');
  expect(sidecars.map(({ asked }) => asked.length)).toEqual([1, 1]);
  expect(fatal).toEqual([]);
});

test('a pod that is replaced is another place, and the one that ended is known to have', async () => {
  const namespace = await ground.namespace('replaced');
  const { asker } = await startCoordinator(ground, namespace);
  await createDaq(ground, { namespace, name: 'daq' }, 1);
  await controlled(asker, 'daq', 1);
  const name = 'daq-readout-0';
  await setStatus(ground.client, { namespace, name }, statusOf({ terminated: { exitCode: 0 } }));
  await ground.client.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0 });
  const set = { namespace, name: 'daq-readout', uid: 'b5f0f4a8-0000-4000-8000-000000000000' };
  const second = await startReadout(ground, { set, ordinal: 0, labels: labelsOf('daq') });
  await condition('the second pod is in control', async () => {
    const [target] = (await view(asker, 'daq'))?.targets ?? [];
    return target?.connected === true && target.address === second.address;
  });
});

test('a spec that cannot be read is told with all problems, and what was led goes on', async () => {
  const namespace = await ground.namespace('invalid');
  const { asker } = await startCoordinator(ground, namespace);
  await createDaq(ground, { namespace, name: 'daq' }, 1);
  await createDaq(ground, { namespace, name: 'other' }, 1);
  await controlled(asker, 'daq', 1);
  await controlled(asker, 'other', 1);
  const where = { namespace, name: 'daq' };
  await ground.client.patch(PARTITIONS, where, {
    kind: 'merge',
    body: { spec: { orders: { go: [['readout']] } } },
  });
  await troubled(asker, 'daq', 'spec.orders.go');
  await conditioned(ground.client, { namespace, name: 'daq' }, { type: 'Accepted', words: 'False Invalid' });
  await submit(asker, 'daq', 'start_run');
  await inState(asker, 'daq', 'running');
  expect(await trouble(asker, 'other')).toBe('');
});

test('StatefulSets that are not there, and pods of others, are named', async () => {
  const namespace = await ground.namespace('sets');
  const { asker } = await startCoordinator(ground, namespace);
  await createPartition(ground, { namespace, name: 'daq' });
  await troubled(asker, 'daq', 'StatefulSet daq-readout of segment readout does not exist');
  const labels = { 'baton.dev/partition': 'other', 'baton.dev/segment': 'readout' };
  await createSet(ground.client, { namespace, name: 'daq-readout' }, labels);
  await troubled(asker, 'daq', 'makes pods of partition other');
  await conditioned(
    ground.client,
    { namespace, name: 'daq' },
    { type: 'StatefulSetsFound', words: 'False NotUsable' },
  );
});

test('a journal that was edited by hand keeps its partition from being led, and no other', async () => {
  const namespace = await ground.namespace('journal');
  await createDaq(ground, { namespace, name: 'daq' }, 1);
  await createDaq(ground, { namespace, name: 'other' }, 1);
  const { asker, fatal } = await startCoordinator(ground, namespace);
  await controlled(asker, 'daq', 1);
  const where = { namespace, name: 'daq' };
  await ground.client.patch(JOURNALS, where, {
    kind: 'merge',
    body: { spec: { records: ['{"nothing":1}'] } },
  });
  await submit(asker, 'daq', 'start_run').catch(() => undefined);
  await troubled(asker, 'daq', 'journal');
  await controlled(asker, 'other', 1);
  await submit(asker, 'other', 'start_run');
  await inState(asker, 'other', 'running');
  await expect(submit(asker, 'daq', 'start_run')).rejects.toMatchObject({ code: 'STORAGE' });
  expect(fatal).toEqual([]);
});

test('a Partition that is deleted in a run is stopped in order, then its journal goes, then it', async () => {
  const namespace = await ground.namespace('deleted');
  const { asker } = await startCoordinator(ground, namespace);
  const [sidecar] = await createDaq(ground, { namespace, name: 'daq' }, 1);
  await controlled(asker, 'daq', 1);
  await submit(asker, 'daq', 'start_run');
  await inState(asker, 'daq', 'running');
  await ground.client.delete(PARTITIONS, { namespace, name: 'daq' });
  await condition(
    'the Partition is gone',
    async () => !(await exists(ground.client, PARTITIONS, { namespace, name: 'daq' })),
  );
  expect(sidecar?.asked.map(({ transition }) => transition)).toEqual(['start', 'stop']);
  expect(await exists(ground.client, JOURNALS, { namespace, name: 'daq' })).toBe(false);
  await expect(submit(asker, 'daq', 'start_run')).rejects.toMatchObject({ code: 'UNKNOWN_PARTITION' });
});

test('a partition beyond the limit is named with the reason, and takes the first room there is', async () => {
  const namespace = await ground.namespace('many');
  const names = Array.from({ length: PARTITIONS_MAX + 1 }, (_, at) => `p${String(at).padStart(3, '0')}`);
  for (const name of names) await createPartition(ground, { namespace, name });
  const { asker } = await startCoordinator(ground, namespace);
  const beyond = async () => {
    const all = await listed(asker);
    return all.filter((each) => each.trouble.includes('one coordinator leads 100 partitions'));
  };
  await condition('all are listed', async () => (await listed(asker)).length === names.length);
  const [left, ...others] = await beyond();
  expect(others).toEqual([]);
  const gone = names.find((name) => name !== left?.name) ?? '';
  await ground.client.delete(PARTITIONS, { namespace, name: gone });
  await condition('there is room for all', async () => {
    return (await listed(asker)).length === PARTITIONS_MAX && (await beyond()).length === 0;
  });
});

test('members follow the StatefulSet and its pods', async () => {
  const namespace = await ground.namespace('members');
  const { asker } = await startCoordinator(ground, namespace);
  await createDaq(ground, { namespace, name: 'daq' }, 2);
  await controlled(asker, 'daq', 2);
  const where = { namespace, name: 'daq-readout', subresource: 'scale' };
  await ground.client.patch(STATEFUL_SETS, where, { kind: 'merge', body: { spec: { replicas: 3 } } });
  await condition('there are three', async () => (await view(asker, 'daq'))?.targets.length === 3);
  await ground.client.patch(STATEFUL_SETS, where, { kind: 'merge', body: { spec: { replicas: 1 } } });
  // The pod of ordinal 1 is still there, and so is its target.
  await condition('there are two', async () => (await view(asker, 'daq'))?.targets.length === 2);
  await ground.client.delete(PODS, { namespace, name: 'daq-readout-1' }, { gracePeriodSeconds: 0 });
  await condition('there is one', async () => (await view(asker, 'daq'))?.targets.length === 1);
});

test('a right that is missing is named, and the process stops all the same', async () => {
  const namespace = await ground.namespace('rights');
  const rules = [
    { apiGroups: ['baton.dev'], resources: ['partitions', 'partitions/status'], verbs: ['*'] },
    { apiGroups: ['', 'apps', 'policy', 'events.k8s.io'], resources: ['*'], verbs: ['*'] },
  ];
  const name = 'no-journals';
  const rbac = 'rbac.authorization.k8s.io';
  const role = { group: rbac, version: 'v1', kind: 'ClusterRole', plural: 'clusterroles', namespaced: false };
  const binding = { ...role, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings' };
  const kind = { apiVersion: `${rbac}/v1`, metadata: { name } };
  await ground.client.create(role, {}, { ...kind, kind: 'ClusterRole', rules });
  const subjects = [{ apiGroup: rbac, kind: 'User', name }];
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name };
  await ground.client.create(binding, {}, { ...kind, kind: 'ClusterRoleBinding', subjects, roleRef });
  const path = ground.plane.kubeconfigOf(name);
  const poor = ground.held.use(KubeClient.open({ kind: 'kubeconfig', path, context: undefined }));
  const { asker, fatal } = await startCoordinator(ground, namespace, poor);
  await createDaq(ground, { namespace, name: 'daq' }, 1);
  await troubled(asker, 'daq', 'journals.baton.dev');
  expect(await trouble(asker, 'daq')).toContain('not allowed');
  const daq = { namespace, name: 'daq' };
  await conditioned(ground.client, daq, { type: 'Led', words: 'not allowed' });
  await noted(ground.client, daq, 'not allowed');
  expect(fatal).toEqual([]);
}, 60_000);

test('while the API server is away what is led goes on, and since when is told', async () => {
  const namespace = await ground.namespace('away');
  const { asker, fatal } = await startCoordinator(ground, namespace);
  await createDaq(ground, { namespace, name: 'daq' }, 1);
  await controlled(asker, 'daq', 1);
  await submit(asker, 'daq', 'start_run');
  await inState(asker, 'daq', 'running');
  await ground.plane.kill();
  await troubled(asker, 'daq', 'not seen since');
  const seen = await view(asker, 'daq');
  expect([seen?.state, seen?.targets[0]?.connected]).toEqual(['running', true]);
  // It waits for its journal, and is done once that can be written.
  const stopped = submit(asker, 'daq', 'stop_run');
  await troubled(asker, 'daq', 'its journal waits');
  await ground.plane.start();
  await stopped;
  await inState(asker, 'daq', 'idle');
  await condition('all is well again', async () => (await trouble(asker, 'daq')) === '');
  expect(fatal).toEqual([]);
}, 120_000);
