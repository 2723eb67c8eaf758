// What operators and others may write that is wrong: each is named by a condition of the Partition, by an Event and to
// whoever calls, and another partition beside it is led all the while.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { JOURNALS, PARTITIONS, PODS } from '../../../coordinator/cluster/client/resource.ts';
import type { Client } from '../../coordinator/rig.ts';
import { condition } from '../../sidecar/condition.ts';
import {
  createDaq,
  createPartition,
  createReadouts,
  labelsOf,
  startCoordinator,
  startReadout,
} from './coordinator.ts';
import { useApiServer } from './ground.ts';
import { createSet, type Named, startPodAlone } from './pods.ts';
import { conditioned, controlled, exists, inState, noted, submit, trouble, troubled, view } from './told.ts';

const ground = useApiServer();

/** The namespace of the present test, its partition that is wrong, and the one that is not. */
let named: Named;
let asker: Client;
let fatal: readonly unknown[];

let tests = 0;
beforeEach(async () => {
  tests += 1;
  named = { namespace: await ground.namespace(`bad-${tests}`), name: 'daq' };
  ({ asker, fatal } = await startCoordinator(ground, named.namespace));
  await createDaq(ground, { ...named, name: 'good' }, 1);
  await controlled(asker, 'good', 1);
});

// Nothing that is wrong with one partition ends the process, or another one's lead.
afterEach(async () => {
  expect(fatal).toEqual([]);
  expect(await trouble(asker, 'good')).toBe('');
  await submit(asker, 'good', 'start_run');
  await inState(asker, 'good', 'running');
});

/** Waits until all three say it. */
async function told(type: string, words: string): Promise<void> {
  await conditioned(ground.client, named, { type, words });
  await noted(ground.client, named, words);
  await troubled(asker, 'daq', words);
}

/** Waits until the status of the partition says it, which only one that is led has. */
async function inStatus(words: string): Promise<void> {
  await condition(
    `the status says ${words}`,
    async () => (await view(asker, 'daq'))?.notices.some((notice) => notice.includes(words)) === true,
  );
}

function edit(spec: object): Promise<unknown> {
  return ground.client.patch(PARTITIONS, named, { kind: 'merge', body: { spec } });
}

test('a StatefulSet that does not exist', async () => {
  await createPartition(ground, named);
  await told('StatefulSetsFound', 'StatefulSet daq-readout of segment readout does not exist');
  await inStatus('daq-readout of segment readout does not exist');
});

test('a StatefulSet whose pods nobody can select', async () => {
  const { 'baton.dev/partition': partition = '' } = labelsOf('daq');
  const set = { ...named, name: 'daq-readout' };
  await createSet(ground.client, set, { 'baton.dev/partition': partition }, {});
  await createPartition(ground, named);
  await told('StatefulSetsFound', 'daq-readout of segment readout makes pods that nobody can select');
});

test('a StatefulSet of another partition', async () => {
  await createSet(ground.client, { ...named, name: 'daq-readout' }, labelsOf('other'));
  await createPartition(ground, named);
  await told('StatefulSetsFound', 'makes pods of partition other');
});

test('a pod that says that it is of a partition, and is of no StatefulSet of it', async () => {
  await createDaq(ground, named, 1);
  const set = await createReadouts(ground, { ...named, name: 'stranger' });
  await startReadout(ground, { set, ordinal: 3, labels: labelsOf('daq') });
  await told('StatefulSetsFound', 'pod stranger-readout-3 is not commanded');
  await controlled(asker, 'daq', 1);
});

test('a machine that changes while an operation is open', async () => {
  const [sidecar] = await createDaq(ground, named, 1);
  await controlled(asker, 'daq', 1);
  sidecar?.hold();
  await submit(asker, 'daq', 'start_run');
  await condition('it is asked', () => sidecar?.asked.length === 1);
  await edit({ timeouts: { start: '7s' } });
  await told('MachineCurrent', 'holds once no operation and no run is open');
  await inStatus('holds once no operation and no run is open');
  sidecar?.goOn();
  await inState(asker, 'daq', 'running');
  await submit(asker, 'daq', 'stop_run');
  // It holds now, and the sidecar beside it has the one of before.
  await told('MachineCurrent', 'readout-0 obeys another machine than the partition');
});

test('a Partition that is deleted in a run', async () => {
  const [sidecar] = await createDaq(ground, named, 1);
  await controlled(asker, 'daq', 1);
  await submit(asker, 'daq', 'start_run');
  await inState(asker, 'daq', 'running');
  sidecar?.hold();
  await ground.client.delete(PARTITIONS, named);
  await told('Released', 'it is deleted: its run is stopped first');
  await inStatus('it is deleted: its run is stopped first');
  sidecar?.goOn();
  await condition('it is gone', async () => !(await exists(ground.client, PARTITIONS, named)));
  expect(await exists(ground.client, JOURNALS, named)).toBe(false);
});

test('a pod without a sidecar', async () => {
  const set = await createReadouts(ground, named);
  await createPartition(ground, named, { members: 1 });
  const name = `${set.name}-0`;
  await startPodAlone(ground.client, { ...named, name, ordinal: 0, labels: labelsOf('daq'), set });
  const words = 'its pod has no sidecar (no container named baton): it cannot be commanded';
  await conditioned(ground.client, named, { type: 'Healthy', words });
  await noted(ground.client, named, words);
  await condition(
    'its target says so',
    async () => (await view(asker, 'daq'))?.targets.every(({ podDetail }) => podDetail === words) === true,
  );
});

test('a sidecar of a contract that is newer than ours', async () => {
  const set = await createReadouts(ground, named);
  await createPartition(ground, named, { members: 1 });
  await startReadout(ground, { set, ordinal: 0, labels: labelsOf('daq'), contractVersion: 99 });
  const words = 'incompatible: it speaks contract 99';
  await conditioned(ground.client, named, { type: 'Healthy', words });
  await noted(ground.client, named, words);
  await condition(
    'its target says so',
    async () => (await view(asker, 'daq'))?.targets.every(({ trouble: why }) => why.includes(words)) === true,
  );
  // As soon as it is replaced by one that we drive all is well.
  await ground.client.delete(PODS, { ...named, name: `${set.name}-0` }, { gracePeriodSeconds: 0 });
  await startReadout(ground, { set, ordinal: 0, labels: labelsOf('daq') });
  await controlled(asker, 'daq', 1);
});

test('a journal that somebody has edited by hand', async () => {
  await createDaq(ground, named, 1);
  await controlled(asker, 'daq', 1);
  await ground.client.patch(JOURNALS, named, {
    kind: 'merge',
    body: { spec: { records: ['{"nothing":1}'] } },
  });
  await submit(asker, 'daq', 'start_run').catch(() => undefined);
  await told('Led', 'is damaged: spec.records[0] is no record');
  await expect(submit(asker, 'daq', 'start_run')).rejects.toMatchObject({ code: 'STORAGE' });
});

test('a journal of a newer release', async () => {
  const spec = { format: 99, epoch: 4, index: 12, snapshot: 'who knows', records: [] };
  const body = { apiVersion: 'baton.dev/v1alpha1', kind: 'Journal', metadata: { name: 'daq' }, spec };
  await ground.client.create(JOURNALS, named, body);
  await createDaq(ground, named, 1);
  await told('Led', 'has layout 99, this release reads up to 1; start a newer release; nothing was changed');
});

test('a spec that the API server takes and the coordinator cannot', async () => {
  await createDaq(ground, named, 1);
  await controlled(asker, 'daq', 1);
  await edit({ orders: { go: [['readout']] } });
  await told('Accepted', 'spec.orders.go');
  await inStatus('spec.orders.go');
});

test('a machine whose table the API server does not look into', async () => {
  const states = [{ name: 'idle', rest: true }];
  const transitions = [{ name: 'start', from: ['idle'], to: 'runing' }];
  await createPartition(ground, named, {
    spec: { machine: { name: 'tiny', initial: 'idle', states, transitions } },
  });
  await told('Accepted', 'spec.machine.transitions[0].to');
});

test('a machine in a file, which a cluster does not have', async () => {
  await createPartition(ground, named, { spec: { machine: { file: 'tiny.yaml' } } });
  await told('Accepted', 'spec.machine.file');
});

test('an order of members that only the coordinator looks into', async () => {
  await createPartition(ground, named, {
    spec: { segments: [{ name: 'readout', members: 2, order: { batches: 'two' } }] },
  });
  await told('Accepted', 'spec.segments[0].order.batches');
});
