import { expect, test } from 'vitest';
import { statefulSetOf } from '../../../coordinator/cluster/resources/statefulSet.ts';
import {
  batchesOf,
  notReplaced,
  outdatedPods,
  rolloutPlan,
  rolloutRefusal,
} from '../../../coordinator/cluster/rollout/decide.ts';
import type { Target } from '../../../coordinator/core/model/partition.ts';
import { podDigest } from '../../../protos/identity.ts';
import { allIn, coreOf, openRun, partitionOf, turn, welcomed } from './fleet.ts';
import { aPod, rawStatefulSet } from './objects.ts';

const PARTITION = partitionOf('readout 3');
const WORDS = {
  name: 'p-readout',
  partition: 'p',
  segment: 'readout',
  replicas: 3,
  updateRevision: 'p-readout-new',
};
const SET = statefulSetOf(rawStatefulSet(WORDS));

const pod = (ordinal: number, revision: string, more: { uid?: string; isDeleting?: boolean } = {}) =>
  aPod({ partition: 'p', ordinal, labels: { 'controller-revision-hash': revision }, ...more });

const OLD = [pod(2, 'p-readout-old'), pod(0, 'p-readout-old'), pod(1, 'p-readout-new')];

test('outdated are those of another revision, by ordinal, unless they go already', () => {
  expect(outdatedPods('readout', SET, OLD).map(({ target }) => target)).toEqual(['readout-0', 'readout-2']);
  const going = [pod(0, 'p-readout-old', { isDeleting: true })];
  expect(outdatedPods('readout', SET, going)).toEqual([]);
});

test('one goes alone first, then the others together', () => {
  const three = outdatedPods(
    'readout',
    SET,
    [0, 1, 2].map((ordinal) => pod(ordinal, 'p-readout-old')),
  );
  expect(batchesOf(three).map((batch) => batch.map(({ target }) => target))).toEqual([
    ['readout-0'],
    ['readout-1', 'readout-2'],
  ]);
  expect(rolloutPlan('readout', SET, three)).toEqual([
    'readout: first alone, readout-0: stop path, delete the pod, wait for revision p-readout-new, back to where the others are',
    'readout: then together, readout-1, readout-2: stop path, delete the pod, wait for revision p-readout-new, back to where the others are',
  ]);
  expect(batchesOf(three.slice(0, 1))).toHaveLength(1);
  expect(batchesOf([])).toEqual([]);
});

test('refused in a run, and where Kubernetes replaces pods by itself or has not looked yet', () => {
  const idle = allIn(coreOf(PARTITION), 'configured');
  expect(rolloutRefusal(idle, 'readout', SET)).toBeUndefined();
  const running = allIn(coreOf(PARTITION, { run: openRun(PARTITION) }), 'running');
  expect(rolloutRefusal(running, 'readout', SET)?.sentence).toContain('run 1 is on');
  expect(rolloutRefusal(idle, 'readout', { ...SET, updateStrategy: 'RollingUpdate' })?.sentence).toContain(
    'OnDelete',
  );
  expect(rolloutRefusal(idle, 'readout', { ...SET, generation: 2 })?.code).toBe('BUSY');
});

test('replaced is one of another life and the new revision that can be commanded', () => {
  const [first] = outdatedPods('readout', SET, OLD);
  if (first === undefined) throw new Error('nothing is outdated');
  const core = allIn(coreOf(PARTITION), 'initial');
  const missing = (...pods: readonly ReturnType<typeof pod>[]) => notReplaced(core, SET, [first], pods);
  const next = pod(0, 'p-readout-new', { uid: 'another' });
  expect(missing()).toEqual(['readout-0']);
  expect(missing(pod(0, 'p-readout-old'))).toEqual(['readout-0']);
  expect(missing(pod(0, 'p-readout-old', { uid: 'another' }))).toEqual(['readout-0']);
  // What is heard is still the life before.
  expect(missing(next)).toEqual(['readout-0']);
  const heard = welcomed(core, 'readout-0', { pod: podDigest('another') });
  expect(notReplaced(heard, SET, [first], [next])).toEqual([]);
  const lost = turn(core, { type: 'disconnected', target: 'readout-0' as Target, cause: 'gone' });
  expect(notReplaced(lost, SET, [first], [next])).toEqual(['readout-0']);
});
