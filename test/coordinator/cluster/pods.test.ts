import { afterEach, expect, test, vi } from 'vitest';
import { claimsOf } from '../../../coordinator/cluster/pods/claims.ts';
import { type Sets, setTroubles, withMembers } from '../../../coordinator/cluster/pods/members.ts';
import { LINGER_MS, PodTracker } from '../../../coordinator/cluster/pods/tracker.ts';
import { statefulSetOf } from '../../../coordinator/cluster/resources/statefulSet.ts';
import { targetName } from '../../../coordinator/core/targets.ts';
import { machineHash } from '../../../protos/machine/hash.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { aPod, terminated } from './objects.ts';

const SEGMENTS = [
  { segment: 'readout', statefulSet: 'minidaq-readout' },
  { segment: 'writer', statefulSet: 'minidaq-writer' },
];

const ENDED = {
  isDeleting: true,
  process: { state: terminated(0, 'Completed') },
  sidecar: { state: terminated(0, 'Completed') },
};

afterEach(() => {
  vi.useRealTimers();
});

test('pods are targets by labels and owner, whatever they are called', () => {
  const { pods, strays } = claimsOf(SEGMENTS, [
    aPod({ ordinal: 1 }),
    aPod({ ordinal: 0 }),
    aPod({ name: 'x', segment: 'writer' }),
  ]);
  expect([...pods.keys()]).toEqual(['readout-0', 'readout-1', 'writer-0']);
  expect(strays).toEqual([]);
});

test.each([
  [
    { statefulSet: 'other', name: 'other-0' },
    'pod other-0 is not commanded: it belongs to StatefulSet other, and segment readout to StatefulSet minidaq-readout',
  ],
  [
    { segment: 'trigger' },
    'pod minidaq-trigger-0 is not commanded: its labels name segment trigger, which the partition does not have',
  ],
  [
    { labels: { 'apps.kubernetes.io/pod-index': 'x' } },
    'pod minidaq-readout-0 is not commanded: it has no label apps.kubernetes.io/pod-index',
  ],
])('a pod that is none of them is named: %o', (words, sentence) => {
  const { pods, strays } = claimsOf(SEGMENTS, [aPod(words)]);
  expect(pods.size).toBe(0);
  expect(strays.map((stray) => stray.sentence)).toEqual([sentence]);
});

function setsOf(...all: readonly (readonly [string, number, Readonly<Record<string, string>>?])[]): Sets {
  return new Map(
    all.map(([name, replicas, labels]) => {
      const template = {
        metadata: {
          labels: labels ?? {
            'baton.dev/partition': 'minidaq',
            'baton.dev/segment': name.replace('minidaq-', ''),
          },
        },
      };
      return [name, statefulSetOf({ metadata: { name, namespace: 'daq' }, spec: { replicas, template } })];
    }),
  );
}

test('StatefulSets that are not there, or make pods of others, are told by segment', () => {
  const foreign = { 'baton.dev/partition': 'other', 'baton.dev/segment': 'writer' };
  expect(setTroubles('minidaq', SEGMENTS, setsOf(['minidaq-writer', 1, foreign]))).toEqual([
    {
      segment: 'readout',
      sentence:
        'StatefulSet minidaq-readout of segment readout does not exist, or has no label baton.dev/partition: install it, or name the right one',
    },
    {
      segment: 'writer',
      sentence:
        'StatefulSet minidaq-writer of segment writer makes pods of partition other: label them baton.dev/partition=minidaq and baton.dev/segment=writer',
    },
  ]);
  const all = setsOf(['minidaq-readout', 2], ['minidaq-writer', 1]);
  expect(setTroubles('minidaq', SEGMENTS, all)).toEqual([]);
  const bare = setsOf(['minidaq-readout', 2, {}], ['minidaq-writer', 1]);
  expect(setTroubles('minidaq', SEGMENTS, bare)[0]?.sentence).toContain('makes pods that nobody can select');
});

const segmentOf = (name: string, members: number, minMembers = members) => ({
  name,
  members,
  minMembers,
  critical: minMembers === members,
  order: 'together' as const,
});

test('members are the replicas, and whoever is still there', () => {
  const partition = {
    name: 'minidaq',
    machine: minimal,
    machineHash: machineHash(minimal),
    leavePolicy: 'stopRun' as const,
    segments: [segmentOf('readout', 4, 3), segmentOf('writer', 2)],
  };
  const membersWith = (sets: Sets, pods = [aPod()]) =>
    withMembers(partition, SEGMENTS, { sets, pods }).segments.map(({ members, minMembers }) => [
      members,
      minMembers,
    ]);
  expect(membersWith(setsOf(['minidaq-readout', 6], ['minidaq-writer', 3]))).toEqual([
    [6, 3],
    [3, 3],
  ]);
  expect(membersWith(setsOf(['minidaq-readout', 2], ['minidaq-writer', 0]))).toEqual([
    [2, 2],
    [0, 0],
  ]);
  // Scaled down, and the pod of ordinal 5 is on its way out.
  expect(membersWith(setsOf(['minidaq-readout', 2]), [aPod({ ordinal: 5 })])).toEqual([
    [6, 3],
    [2, 2],
  ]);
});

type Told = readonly [target: string, phase: string];

function tracked() {
  const told: Told[] = [];
  const tracker = new PodTracker({
    segments: SEGMENTS,
    tell: (target, { phase }) => told.push([target, phase]) > 0,
  });
  tracker.begin();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { told, tracker, turn };
}

test('the place of a target is the address of its pod, and follows it', async () => {
  const { tracker, turn } = tracked();
  let changes = 0;
  tracker.onChange(() => {
    changes += 1;
  });
  tracker.is(aPod({ ip: '' }));
  await turn();
  expect(tracker.places().size).toBe(0);
  tracker.is(aPod({ ip: '10.88.1.7' }));
  await turn();
  expect(tracker.places().get('readout-0')).toEqual({
    address: '10.88.1.7:7401',
    podUid: 'uid-of-minidaq-readout-0',
    sign: 'containerd://baton-1 true',
  });
  tracker.is(aPod({ ip: 'fd00::7', uid: 'another' }));
  await turn();
  expect(tracker.places().get('readout-0')).toMatchObject({ address: '[fd00::7]:7401', podUid: 'another' });
  expect(changes).toBe(2);
});

test('a sidecar that is started again, and one whose startup probe passes, is worth a look', async () => {
  const { tracker, turn } = tracked();
  const signs: (string | undefined)[] = [];
  tracker.onChange(() => signs.push(tracker.places().get('readout-0')?.sign));
  for (const sidecar of [
    { started: false },
    { started: false, ready: false },
    {},
    { state: terminated(137), started: false },
    { containerID: 'containerd://baton-2', started: false },
    { containerID: 'containerd://baton-2', started: true },
  ]) {
    tracker.is(aPod({ sidecar }));
    await turn();
  }
  expect(signs).toEqual([
    'containerd://baton-1 false',
    'containerd://baton-1 true',
    'containerd://baton-1 false',
    'containerd://baton-2 false',
    'containerd://baton-2 true',
  ]);
});

test('ten thousand pods of one list are one look', async () => {
  const { tracker, turn, told } = tracked();
  let changes = 0;
  tracker.onChange(() => {
    changes += 1;
  });
  for (let ordinal = 0; ordinal < 10_000; ordinal++) tracker.is(aPod({ ordinal }));
  await turn();
  expect(told.length).toBe(10_000);
  expect(changes).toBe(1);
});

test('a deletion that the kubelet saw to its end is an end', async () => {
  const { told, tracker, turn } = tracked();
  tracker.is(aPod());
  await turn();
  tracker.is(aPod({ isDeleting: true }));
  await turn();
  // Its last word and the end of the object in one turn.
  tracker.is(aPod(ENDED));
  tracker.gone(aPod(ENDED));
  expect(told).toEqual([
    ['readout-0', 'running'],
    ['readout-0', 'deleting'],
    ['readout-0', 'ended'],
  ]);
  await turn();
  expect(tracker.places().size).toBe(0);
});

test('a forced deletion proves nothing, and the sidecar keeps its place for a while', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { told, tracker, turn } = tracked();
  tracker.is(aPod());
  await turn();
  tracker.gone(aPod());
  await turn();
  expect(told.at(-1)).toEqual(['readout-0', 'removed']);
  expect(tracker.places().size).toBe(1);
  vi.advanceTimersByTime(LINGER_MS);
  expect(tracker.places().size).toBe(0);
});

test('a replacement takes the place as soon as it has an address', async () => {
  const { told, tracker, turn } = tracked();
  tracker.is(aPod());
  await turn();
  tracker.is(aPod({ uid: 'second', ip: '' }));
  await turn();
  expect(tracker.places().get('readout-0')?.podUid).toBe('uid-of-minidaq-readout-0');
  tracker.is(aPod({ uid: 'second', ip: '10.88.2.1' }));
  await turn();
  expect(tracker.places().get('readout-0')?.podUid).toBe('second');
  expect(told.map(([, phase]) => phase)).toEqual(['running', 'removed', 'running']);
  tracker[Symbol.dispose]();
});

test('what a live look has shown is not undone by an informer that lags behind', async () => {
  const { told, tracker, turn } = tracked();
  const target = targetName('readout', 0);
  tracker.is(aPod());
  await turn();
  tracker.learn(target, { podUid: 'uid-of-minidaq-readout-0', phase: 'deleting' });
  tracker.is(aPod({ process: { restartCount: 1 } }));
  await turn();
  expect(told.map(([, phase]) => phase)).toEqual(['running', 'deleting', 'deleting']);
  tracker.learn(target, { podUid: 'uid-of-minidaq-readout-0', phase: 'running' });
  expect(tracker.word(target)?.phase).toBe('deleting');
});

test('a doubt counts as unreported until somebody can tell', async () => {
  const { told, tracker, turn } = tracked();
  const target = targetName('readout', 0);
  tracker.is(aPod());
  await turn();
  tracker.doubt(target);
  tracker.learn(target, { podUid: 'uid-of-minidaq-readout-0', phase: 'running' });
  expect(told.map(([, phase]) => phase)).toEqual(['running', 'unreported', 'running']);
});

test('a word that found no room is told again', async () => {
  let hasRoom = false;
  const told: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const tracker = new PodTracker({
    segments: SEGMENTS,
    tell: (target) => {
      if (hasRoom) told.push(target);
      if (hasRoom) resolve();
      return hasRoom;
    },
  });
  tracker.is(aPod());
  tracker.begin();
  await new Promise((next) => setImmediate(next));
  hasRoom = true;
  await promise;
  expect(told).toEqual(['readout-0']);
});

test('a pod without an identity is dialled in plaintext only where that is said', async () => {
  const places = async (plaintextPods: boolean, annotations: Readonly<Record<string, string>>) => {
    const tracker = new PodTracker({
      segments: SEGMENTS,
      tell: () => true,
      isPlaintext: ({ identity }) => plaintextPods && identity === '',
    });
    tracker.is(aPod({ annotations }));
    await new Promise((next) => setImmediate(next));
    return tracker.places().get('readout-0')?.isPlaintext;
  };
  const issued = { 'baton.dev/identity': 'coordinatorIssued' };
  expect(await places(true, {})).toBe(true);
  expect(await places(true, issued)).toBeUndefined();
  expect(await places(false, {})).toBeUndefined();
});

test('what was told of a target that nobody knew yet is told again once it is one', async () => {
  const { told, tracker, turn } = tracked();
  tracker.is(aPod({ ordinal: 0 }));
  tracker.is(aPod({ ordinal: 1 }));
  await turn();
  const known = new Set([targetName('readout', 0)]);
  tracker.targetsChanged((target) => known.has(target));
  tracker.targetsChanged(() => true);
  expect(told.map(([target]) => target)).toEqual(['readout-0', 'readout-1', 'readout-1']);
});
