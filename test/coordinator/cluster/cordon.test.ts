import { expect, test } from 'vitest';
import {
  cordonedOf,
  cordonFact,
  cordonNews,
  cordonOrder,
  type Placement,
  sparedOf,
} from '../../../coordinator/cluster/cordon/cordon.ts';
import { CordonWatch } from '../../../coordinator/cluster/cordon/watch.ts';
import { type Node, nodeOf } from '../../../coordinator/cluster/resources/node.ts';
import type { FinishedOperation } from '../../../coordinator/core/model/journal.ts';
import type { OperationId, Target } from '../../../coordinator/core/model/partition.ts';
import type { Core } from '../../../coordinator/core/model/picture.ts';
import { allIn, coreOf, openRun, partitionOf, turn, welcomed } from './fleet.ts';
import { publishing } from './publishing.ts';

const PARTITION = partitionOf('readout 2', 'writer 1');
// The run begins at 1,000 ms.
// A fresh one each time: the picture of a core is changed in place.
const running = (): Core => allIn(coreOf(PARTITION, { run: openRun(PARTITION) }), 'running');
const PLACES: Placement = new Map(
  [
    ['readout-0', 'west'],
    ['readout-1', 'east'],
    ['writer-0', 'east'],
  ].map(([target, node]) => [target as Target, node as string]),
);

function aNode(name: string, cordonedAt?: string): Node {
  const taints =
    cordonedAt === undefined
      ? []
      : [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: cordonedAt }];
  return nodeOf({ metadata: { name }, spec: { unschedulable: cordonedAt !== undefined, taints } });
}

const LATER = '1970-01-01T00:01:00Z';
const EAST = cordonedOf(running(), [aNode('west'), aNode('east', LATER), aNode('north', LATER)], PLACES);

test('of the cordoned nodes those count on which targets stand', () => {
  expect(EAST.map(({ node, targets }) => [node.name, targets])).toEqual([
    ['east', ['readout-1', 'writer-0']],
  ]);
  expect(cordonedOf(running(), [aNode('west'), aNode('east')], PLACES)).toEqual([]);
});

test('warn: nothing is asked, and the condition says what a drain waits for', () => {
  expect(cordonOrder(running(), EAST, 'warn')).toBeUndefined();
  expect(cordonFact(running(), EAST, 'warn')).toEqual({
    status: 'False',
    reason: 'Cordoned',
    message: 'node east is cordoned under readout-1, writer-0: a drain waits until the run is stopped',
  });
  expect(cordonFact(running(), [], 'warn').status).toBe('True');
});

test('leave: those of the node leave, the others go on', () => {
  expect(cordonOrder(running(), EAST, 'leave')).toMatchObject({ targets: ['readout-1', 'writer-0'] });
});

test('stopRun: nobody is named, which means everybody', () => {
  expect(cordonOrder(running(), EAST, 'stopRun')).toMatchObject({ targets: [] });
});

test('outside a run, and before the API server says since when, nothing is asked', () => {
  const idle = allIn(coreOf(PARTITION), 'running');
  expect(cordonOrder(idle, EAST, 'stopRun')).toBeUndefined();
  const fresh = nodeOf({ metadata: { name: 'east' }, spec: { unschedulable: true } });
  expect(cordonOrder(running(), cordonedOf(running(), [fresh], PLACES), 'stopRun')).toBeUndefined();
});

test('a cordon is told under one key, and not before the API server says since when', () => {
  const fresh = nodeOf({ metadata: { name: 'east' }, spec: { unschedulable: true } });
  expect(cordonNews(running(), cordonedOf(running(), [fresh], PLACES))).toEqual(new Map());
  expect([...cordonNews(running(), EAST).keys()]).toEqual(['cordon east 60000 1']);
  const again = cordonedOf(running(), [aNode('east', '1970-01-01T02:00:00Z')], PLACES);
  expect([...cordonNews(running(), again).keys()]).toEqual(['cordon east 7200000 1']);
  expect(cordonNews(allIn(coreOf(PARTITION), 'configured'), EAST)).toEqual(new Map());
});

test('a cordon is told once, as soon as there is room for it, and again when the node is cordoned again', async () => {
  let nodes = [aNode('east', LATER)];
  const told: string[] = [];
  let hasRoom = false;
  const { parts } = publishing();
  await using watch = new CordonWatch(parts, {
    core: running,
    document: () => ({ onCordon: 'warn' }),
    nodes: () => nodes,
    placement: () => PLACES,
    ask: () => undefined,
    tell: ({ key }) => {
      if (hasRoom) told.push(key);
      return hasRoom;
    },
  });
  watch.changed();
  hasRoom = true;
  for (let look = 0; look < 5; look++) watch.changed();
  expect(told).toEqual(['cordon east 60000 1']);
  nodes = [aNode('east')];
  watch.changed();
  nodes = [aNode('east', '1970-01-01T02:00:00Z')];
  for (let look = 0; look < 5; look++) watch.changed();
  expect(told).toEqual(['cordon east 60000 1', 'cordon east 7200000 1']);
});

test('who starts a run on a node that was cordoned before means it', () => {
  const before = cordonedOf(running(), [aNode('east', '1970-01-01T00:00:00Z')], PLACES);
  expect(cordonOrder(running(), before, 'stopRun')).toBeUndefined();
  const sameSecond = cordonedOf(running(), [aNode('east', '1970-01-01T00:00:01Z')], PLACES);
  expect(cordonOrder(running(), sameSecond, 'stopRun')).toBeDefined();
});

test('a target that has left already is not asked again, nor is one whose state nobody knows', () => {
  const left = welcomed(running(), 'readout-1', { state: 'initial', life: 'b' });
  expect(cordonOrder(left, EAST, 'leave')).toMatchObject({ targets: ['writer-0'] });
  const lost = turn(left, { type: 'disconnected', target: 'writer-0' as Target, cause: 'gone' });
  expect(cordonOrder(lost, EAST, 'leave')).toBeUndefined();
});

test('a cordon is answered once: the journal remembers it, also for the next leader', () => {
  const core = running();
  const order = cordonOrder(core, EAST, 'stopRun');
  if (order === undefined) throw new Error('nothing is asked');
  expect(cordonOrder(core, EAST, 'stopRun')?.id).toBe(order.id);
  const done = { ...core, journal: { ...core.journal, finished: [finished(order.id)] } };
  expect(cordonOrder(done, EAST, 'stopRun')).toBeUndefined();
  const again = cordonedOf(core, [aNode('east', '1970-01-01T02:00:00Z')], PLACES);
  expect(cordonOrder(done, again, 'stopRun')).toBeDefined();
});

test('while an operation is open it waits for its end', () => {
  const core = running();
  const busy = submit(core, 'change_rate');
  expect(busy.journal.open).toBeDefined();
  expect(cordonOrder(busy, EAST, 'stopRun')).toBeUndefined();
});

test('only who has left the run on a cordoned node is spared by the budget, by the policy leave', () => {
  expect(sparedOf(running(), EAST, 'leave')).toEqual(new Map());
  const left = welcomed(running(), 'readout-1', { state: 'initial', life: 'b' });
  expect(sparedOf(left, EAST, 'leave')).toEqual(new Map([['readout', 1]]));
  expect(sparedOf(left, EAST, 'warn')).toEqual(new Map());
  const lost = turn(left, { type: 'disconnected', target: 'readout-1' as Target, cause: 'gone' });
  expect(sparedOf(lost, EAST, 'leave')).toEqual(new Map());
});

function submit(core: Core, name: string): Core {
  return turn(core, {
    type: 'submit',
    caller: 1,
    id: 'o1' as OperationId,
    command: { kind: 'transition', name, arguments: { trigger_rate: 5 } },
    highestSeen: 0,
    operator: 'crew',
  });
}

function finished(id: OperationId): FinishedOperation {
  return {
    operation: {
      id,
      number: 1,
      command: { kind: 'leave', targets: [] },
      title: 'leave',
      operator: 'coordinator',
      acceptedAtMs: 0,
      machineHash: '',
      runNumber: 1,
      steps: [],
      leftOut: [],
    },
    step: 0,
    wave: 0,
    troubles: [],
    outcome: 'succeeded',
    cause: '',
    finishedAtMs: 0,
  };
}
