import { expect, test } from 'vitest';
import { statefulSetOf } from '../../../coordinator/cluster/resources/statefulSet.ts';
import { bringing } from '../../../coordinator/cluster/scale/bring.ts';
import {
  condemned,
  notAttached,
  type ScaleFacts,
  type ScaleGoal,
  scalePlan,
  scaleRefusal,
  stillBusy,
  toStop,
} from '../../../coordinator/cluster/scale/decide.ts';
import type { OperationId, Partition, Target } from '../../../coordinator/core/model/partition.ts';
import type { Core } from '../../../coordinator/core/model/picture.ts';
import type { SegmentDocument } from '../../../coordinator/document/document.ts';
import { allIn, coreOf, openRun, partitionOf, turn, welcomed } from './fleet.ts';
import { rawStatefulSet } from './objects.ts';

const PARTITION = partitionOf('readout 4', 'writer 1');

const READOUT: SegmentDocument = {
  name: 'readout',
  members: 4,
  critical: true,
  minMembers: 4,
  order: 'together',
  adapter: { type: 'grpc', port: 0 },
  stop: { gracePeriodMs: 30_000, marginMs: 2_000 },
};

function facts(replicas: number, managedFields: readonly unknown[] = []): ScaleFacts {
  const words = { name: 'p-readout', partition: 'p', segment: 'readout', replicas, managedFields };
  return {
    set: statefulSetOf(rawStatefulSet(words)),
    ordinals: Array.from({ length: replicas }, (_, i) => i),
  };
}

const to = (members: number, segment: Partial<SegmentDocument> = {}): ScaleGoal => ({
  segment: { ...READOUT, ...segment },
  members,
});

const idle = (state = 'configured'): Core => allIn(coreOf(PARTITION), state);
const inRun = (policy: Partition['leavePolicy']): Core => {
  const partition = { ...PARTITION, leavePolicy: policy };
  return allIn(coreOf(partition, { run: openRun(partition) }), 'running');
};

const owner = (manager: string, subresource?: string) => ({
  manager,
  operation: 'Update',
  ...(subresource === undefined ? {} : { subresource }),
  fieldsV1: { 'f:spec': { 'f:replicas': {} } },
});

test('outside a run, up and down may be done', () => {
  expect(scaleRefusal(idle(), to(6), facts(4))).toBeUndefined();
  expect(scaleRefusal(idle(), to(2), facts(4))).toBeUndefined();
});

test.each([
  ['helm applies it', [owner('helm')], 'belong to helm'],
  ['an autoscaler holds it', [owner('kube-controller-manager', 'scale')], 'a HorizontalPodAutoscaler'],
  ['kubectl apply holds it', [owner('kubectl-client-side-apply')], 'belong to kubectl-client-side-apply'],
  ['one of two is a stranger', [owner('baton', 'scale'), owner('argocd')], 'belong to argocd'],
])('refused with the name of the owner when %s', (_, owners, words) => {
  const refusal = scaleRefusal(idle(), to(6), facts(4, owners));
  expect(refusal).toMatchObject({ code: 'REFUSED' });
  expect(refusal?.sentence).toContain(words);
});

test('who owns another field, who once typed a number, and we ourselves do not stand in the way', () => {
  const template = { manager: 'helm', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:template': {} } } };
  const hands = [owner('kubectl', 'scale'), owner('kubectl-patch'), owner('kubectl-edit')];
  const owners = [template, ...hands, owner('baton', 'scale')];
  expect(scaleRefusal(idle(), to(6), facts(4, owners))).toBeUndefined();
});

test.each([
  ['none at all', to(0), 'REFUSED', '0 members'],
  ['more than one coordinator leads', to(10_000), 'LIMIT', '10001 targets'],
  ['fewer than minMembers', to(2, { critical: false, minMembers: 3 }), 'REFUSED', 'needs 3 members'],
])('refused: %s', (_, goal, code, words) => {
  const refusal = scaleRefusal(idle(), goal, facts(4));
  expect(refusal?.code).toBe(code);
  expect(refusal?.sentence).toContain(words);
});

test('minMembers that is all of them is all of however many there are', () => {
  expect(scaleRefusal(idle(), to(2, { critical: false, minMembers: 4 }), facts(4))).toBeUndefined();
});

test('beside an open operation nothing is done', () => {
  const busy = turn(idle('initial'), {
    type: 'submit',
    caller: 1,
    id: 'o1' as OperationId,
    command: { kind: 'sequence', name: 'start_run', arguments: {} },
    highestSeen: 0,
    operator: 'crew',
  });
  const refusal = scaleRefusal(busy, to(6), facts(4));
  expect(refusal?.code).toBe('BUSY');
  expect(refusal?.sentence).toContain('baton scale readout 6');
});

test('in a run nobody joins, and targets leave it only by the policy leave', () => {
  expect(scaleRefusal(inRun('leave'), to(6), facts(4))?.sentence).toContain('could not join it');
  expect(scaleRefusal(inRun('stopRun'), to(2), facts(4))?.sentence).toContain(
    'readout-2, readout-3 would leave it',
  );
  expect(scaleRefusal(inRun('leave'), to(2), facts(4))).toBeUndefined();
  expect(scaleRefusal(inRun('stopRun'), to(4), facts(4))).toBeUndefined();
});

test('condemned are those of the picture and those that only have a pod still', () => {
  expect(condemned(idle(), to(3), { ...facts(4), ordinals: [0, 1, 2, 3, 7] })).toEqual([
    'readout-3',
    'readout-7',
  ]);
  expect(condemned(idle(), to(8), facts(4))).toEqual([]);
});

test('who is in a run is stopped first; who is at rest, or cannot be seen, is not asked', () => {
  const core = inRun('leave');
  welcomed(core, 'readout-2', { state: 'configured', life: 'b' });
  const lost = turn(core, { type: 'disconnected', target: 'readout-3' as Target, cause: 'gone' });
  const all = condemned(lost, to(1), facts(4));
  expect(toStop(lost, all)).toEqual(['readout-1']);
  // In a run one that cannot be seen may be taking data; the other is where a stop path ends.
  expect(stillBusy(lost, all)).toEqual(['readout-1', 'readout-3']);
});

test('outside a run one that cannot be seen, or is in error, does not keep its pod', () => {
  const core = idle();
  welcomed(core, 'readout-2', { state: 'configured', inError: true, life: 'b' });
  const lost = turn(core, { type: 'disconnected', target: 'readout-3' as Target, cause: 'gone' });
  expect(stillBusy(lost, condemned(lost, to(2), facts(4)))).toEqual([]);
});

test('the plan says who stops, what is set, who goes and who comes', () => {
  expect(scalePlan(inRun('leave'), to(2), facts(4))).toEqual([
    'readout-2, readout-3 take the stop path to rest',
    'StatefulSet p-readout is set from 4 to 2 replicas',
    'the pods of readout-2, readout-3 go',
  ]);
  expect(scalePlan(idle(), to(6), facts(4))).toEqual([
    'StatefulSet p-readout is set from 4 to 6 replicas',
    'readout-4 to readout-5 come',
    'who comes is brought to where the others are',
  ]);
  expect(scalePlan(idle(), to(4), facts(4))).toEqual([]);
});

test('who shall be there and cannot be commanded is waited for', () => {
  const core = idle();
  expect(notAttached(core, to(6))).toEqual(['readout-4', 'readout-5']);
  welcomed(core, 'readout-1', { attached: false, life: 'b' });
  expect(notAttached(core, to(4))).toEqual(['readout-1']);
});

test('who comes goes where all the others are', () => {
  const core = idle();
  expect(bringing(core, 'readout')).toEqual({ kind: 'there' });
  welcomed(core, 'readout-3', { state: 'initial', life: 'b' });
  expect(bringing(core, 'readout')).toEqual({ kind: 'goTo', state: 'configured', targets: ['readout-3'] });
  expect(bringing(idle('initial'), 'readout')).toEqual({ kind: 'there' });
});

test('who comes stays where it is beside a run, and where the others disagree or are in error', () => {
  const running = inRun('stopRun');
  welcomed(running, 'readout-3', { state: 'initial', life: 'b' });
  expect(bringing(running, 'readout')).toMatchObject({ kind: 'stay' });
  const mixed = idle();
  welcomed(mixed, 'readout-3', { state: 'initial', life: 'b' });
  welcomed(mixed, 'writer-0', { state: 'ready', life: 'b' });
  expect(bringing(mixed, 'readout')).toMatchObject({ kind: 'stay' });
  const broken = idle();
  welcomed(broken, 'readout-3', { state: 'initial', life: 'b' });
  welcomed(broken, 'writer-0', { state: 'configured', inError: true, life: 'b' });
  expect(bringing(broken, 'readout')).toMatchObject({ kind: 'stay' });
});
