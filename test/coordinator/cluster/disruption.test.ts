import { expect, test } from 'vitest';
import { budgetBody } from '../../../coordinator/cluster/disruption/body.ts';
import {
  budgetChanges,
  type Guard,
  guardsOf,
  protectedFact,
  strangeBudgets,
} from '../../../coordinator/cluster/disruption/disruption.ts';
import { selects } from '../../../coordinator/cluster/disruption/selector.ts';
import { disruptionBudgetOf } from '../../../coordinator/cluster/resources/disruptionBudget.ts';
import { statefulSetOf } from '../../../coordinator/cluster/resources/statefulSet.ts';
import { allIn, coreOf, openRun, partitionOf } from './fleet.ts';
import { rawStatefulSet } from './objects.ts';

const DOCUMENT = {
  name: 'p',
  segments: [
    { name: 'readout', members: 2 },
    { name: 'writer', members: 1, statefulSet: 'disks' },
  ].map((segment) => ({
    critical: true,
    minMembers: segment.members,
    order: 'together' as const,
    adapter: { type: 'grpc' as const, port: 0 },
    stop: { gracePeriodMs: 30_000, marginMs: 2_000 },
    ...segment,
  })),
};

const PARTITION = partitionOf('readout 2', 'writer 1');
const IDLE = coreOf(PARTITION);
const RUNNING = allIn(coreOf(PARTITION, { run: openRun(PARTITION) }), 'running');
const NOBODY = new Map<string, number>();
const OWNER = { namespace: 'daq', name: 'p', uid: 'u1' };

function written(guards: readonly Guard[]) {
  return guards.map((guard) => disruptionBudgetOf(budgetBody(OWNER, guard)));
}

function stranger(selector: unknown, name = 'users') {
  return disruptionBudgetOf({ metadata: { namespace: 'daq', name }, spec: { minAvailable: 1, selector } });
}

test('outside a run everybody may be evicted, in a run nobody', () => {
  const open = guardsOf(IDLE, DOCUMENT, NOBODY);
  expect(open).toEqual([
    {
      name: 'p-readout',
      segment: 'readout',
      maxUnavailable: '100%',
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
    { name: 'disks', segment: 'writer', maxUnavailable: '100%', unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  ]);
  const closed = guardsOf(RUNNING, DOCUMENT, NOBODY);
  expect(closed.map(({ maxUnavailable }) => maxUnavailable)).toEqual([0, 0]);
  expect(closed.map((guard) => guard.unhealthyPodEvictionPolicy)).toEqual([
    'IfHealthyBudget',
    'IfHealthyBudget',
  ]);
});

test('who has left the run on a drained node may be evicted, and no other of its segment', () => {
  const guards = guardsOf(RUNNING, DOCUMENT, new Map([['readout', 1]]));
  expect(guards[0]).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'IfHealthyBudget' });
  expect(guards[1]).toMatchObject({ maxUnavailable: 0 });
  const all = guardsOf(RUNNING, DOCUMENT, new Map([['writer', 1]]));
  expect(all[1]).toMatchObject({ maxUnavailable: '100%', unhealthyPodEvictionPolicy: 'AlwaysAllow' });
});

test('what is as it should be is not written again', () => {
  const closed = guardsOf(RUNNING, DOCUMENT, NOBODY);
  expect(budgetChanges('p', closed, [])).toHaveLength(2);
  expect(budgetChanges('p', closed, written(closed))).toEqual([]);
  const open = guardsOf(IDLE, DOCUMENT, NOBODY);
  expect(budgetChanges('p', open, written(closed)).map((change) => change.kind)).toEqual(['write', 'write']);
  expect(budgetChanges('p', open, written(open).slice(1))).toEqual([{ kind: 'write', guard: open[0] }]);
});

test('a budget of ours whose selector somebody changed is written again', () => {
  const [guard] = guardsOf(IDLE, DOCUMENT, NOBODY);
  if (guard === undefined) throw new Error('no guard');
  const [budget] = written([guard]);
  if (budget === undefined) throw new Error('no budget');
  const wider = {
    ...budget,
    selector: { matchLabels: { 'baton.dev/partition': 'p' }, matchExpressions: [] },
  };
  expect(budgetChanges('p', [guard], [wider])).toEqual([{ kind: 'write', guard }]);
});

test('a budget of ours for a segment that is no more goes; another partition keeps its own', () => {
  const guards = guardsOf(IDLE, DOCUMENT, NOBODY);
  const other = disruptionBudgetOf(
    budgetBody({ ...OWNER, name: 'q' }, { ...must(guards[0]), name: 'q-readout' }),
  );
  const present = [...written(guards), other];
  expect(budgetChanges('p', guards.slice(0, 1), present)).toEqual([{ kind: 'delete', name: 'disks' }]);
});

test('a budget that is not ours is never written, though it has the name', () => {
  const guards = guardsOf(RUNNING, DOCUMENT, NOBODY);
  const present = [stranger({ matchLabels: { app: 'elsewhere' } }, 'p-readout'), ...written(guards.slice(1))];
  expect(budgetChanges('p', guards, present)).toEqual([]);
  const [sentence] = strangeBudgets('p', guards, present, []);
  expect(sentence).toContain("daq/p-readout is not the coordinator's");
});

const SET = statefulSetOf(
  rawStatefulSet({ name: 'p-readout', partition: 'p', segment: 'readout', replicas: 3 }),
);

test.each([
  ['the partition', { matchLabels: { 'baton.dev/partition': 'p' } }, true],
  ['every pod of the namespace', {}, true],
  ['another partition', { matchLabels: { 'baton.dev/partition': 'q' } }, false],
  ['nothing', null, false],
  [
    'the second pod by its name',
    { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'p-readout-1' } },
    true,
  ],
  [
    'a pod that is not there',
    { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'p-readout-3' } },
    false,
  ],
  [
    'a segment out of several',
    { matchExpressions: [{ key: 'baton.dev/segment', operator: 'In', values: ['a', 'readout'] }] },
    true,
  ],
])('a budget of a user that selects %s', (_, selector, found) => {
  const guards = guardsOf(IDLE, DOCUMENT, NOBODY);
  const sentences = strangeBudgets('p', guards, [stranger(selector), ...written(guards)], [SET]);
  expect(sentences.length > 0).toBe(found);
  if (found) expect(sentences[0]).toContain('daq/users selects pods of readout too');
});

test.each([
  [{ key: 'a', operator: 'In', values: ['1'] }, true, false],
  [{ key: 'a', operator: 'NotIn', values: ['1'] }, false, true],
  [{ key: 'a', operator: 'Exists', values: [] }, true, false],
  [{ key: 'a', operator: 'DoesNotExist', values: [] }, false, true],
  [{ key: 'a', operator: 'Gt', values: ['0'] }, false, false],
])('a requirement %j of a label that is there, and of one that is not', (requirement, there, absent) => {
  const selector = { matchLabels: {}, matchExpressions: [requirement] };
  expect(selects(selector, { a: '1' })).toBe(there);
  expect(selects(selector, {})).toBe(absent);
});

test('the condition says who stands in the way, else why nothing could be written', () => {
  expect(protectedFact(IDLE, { strange: [], failure: undefined })).toMatchObject({
    reason: 'EvictionAllowed',
  });
  expect(protectedFact(RUNNING, { strange: [], failure: undefined })).toMatchObject({ reason: 'NoEviction' });
  expect(protectedFact(RUNNING, { strange: ['one', 'two'], failure: 'forbidden' })).toEqual({
    status: 'False',
    reason: 'OtherBudget',
    message: 'one (and 1 more like it)',
  });
  expect(protectedFact(RUNNING, { strange: [], failure: 'forbidden' })).toMatchObject({
    reason: 'NotWritten',
  });
});

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there');
  return value;
}
