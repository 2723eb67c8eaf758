import { expect, test } from 'vitest';
import { nodeOf } from '../../../coordinator/cluster/resources/node.ts';
import { partitionObjectOf } from '../../../coordinator/cluster/resources/partition.ts';
import { podOf } from '../../../coordinator/cluster/resources/pod.ts';
import { statefulSetOf } from '../../../coordinator/cluster/resources/statefulSet.ts';
import { rawPod } from './objects.ts';

test('a pod is known by its labels, its owner and its address', () => {
  expect(podOf(rawPod({ segment: 'writer', ordinal: 2, ip: '10.88.1.9', node: 'node-2' }))).toMatchObject({
    namespace: 'daq',
    name: 'minidaq-writer-2',
    uid: 'uid-of-minidaq-writer-2',
    partition: 'minidaq',
    segment: 'writer',
    ordinal: 2,
    statefulSet: 'minidaq-writer',
    ip: '10.88.1.9',
    node: 'node-2',
    isDeleting: false,
  });
});

test('a pod without anything but a name is a pod', () => {
  const bare = podOf({ metadata: { name: 'x', namespace: 'daq', uid: '1' }, spec: { containers: [] } });
  expect(bare).toMatchObject({
    partition: '',
    ordinal: undefined,
    ip: '',
    process: undefined,
    sidecar: undefined,
  });
});

test('the process is the default container, else the first that is not the sidecar', () => {
  const containers = [{ name: 'baton' }, { name: 'helper' }, { name: 'daq' }];
  const annotations = { 'kubectl.kubernetes.io/default-container': 'daq' };
  const metadata = { name: 'x', namespace: 'daq', uid: '1' };
  expect(podOf({ metadata, spec: { containers } }).process?.name).toBe('helper');
  expect(podOf({ metadata: { ...metadata, annotations }, spec: { containers } }).process?.name).toBe('daq');
});

test.each(['01', '-1', 'x', ''])('a pod index of %j is none', (index) => {
  expect(podOf(rawPod({ labels: { 'apps.kubernetes.io/pod-index': index } })).ordinal).toBe(undefined);
});

test('times may be text or dates', () => {
  const raw = rawPod();
  const metadata = { name: 'x', namespace: 'daq', deletionTimestamp: new Date(0) };
  expect(podOf({ ...raw, metadata }).isDeleting).toBe(true);
});

test('who owns the replicas of a StatefulSet', () => {
  const owned = { 'f:spec': { 'f:replicas': {} } };
  const others = { 'f:spec': { 'f:template': {} }, 'f:metadata': {} };
  const set = (managedFields: readonly unknown[]) =>
    statefulSetOf({
      metadata: { name: 'minidaq-readout', namespace: 'daq', managedFields },
      spec: { replicas: 4, template: { metadata: { labels: { 'baton.dev/segment': 'readout' } } } },
    });
  expect(set([{ manager: 'helm', fieldsV1: others }])).toMatchObject({ replicas: 4, replicasOwners: [] });
  expect(set([{ manager: 'kubectl', subresource: 'scale', fieldsV1: owned }]).replicasOwners).toEqual([
    { manager: 'kubectl', subresource: 'scale' },
  ]);
  expect(set([])).toMatchObject({ podSegment: 'readout', podPartition: '', gracePeriodSeconds: 30 });
});

test('a node is cordoned or not, with its taints', () => {
  const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  expect(nodeOf({ metadata: { name: 'node-1' }, spec: { unschedulable: true, taints: [taint] } })).toEqual({
    name: 'node-1',
    isCordoned: true,
    taints: [{ ...taint, value: '' }],
  });
  expect(nodeOf({ metadata: { name: 'node-2' }, spec: {} }).isCordoned).toBe(false);
});

test('a Partition keeps its spec as it was written', () => {
  const spec = { machine: 'dune', unknown: [1, { two: true }] };
  const metadata = { name: 'p', namespace: 'daq', uid: 'u', generation: 3, finalizers: ['a/b'] };
  expect(partitionObjectOf({ metadata, spec, status: { state: 'initial' } })).toMatchObject({
    generation: 3,
    finalizers: ['a/b'],
    isDeleting: false,
    spec,
    status: { state: 'initial' },
  });
});
