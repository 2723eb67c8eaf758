// What the charts make, put to a real API server.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ORDERED_STOP_FINALIZER } from '../../../coordinator/cluster/reconcile/farewell.ts';
import { pathOf } from '../binaries.ts';
import { type KubernetesObject, render, type Values } from '../charts/helm.ts';
import { minidaq } from '../charts/minidaq.ts';
import { templateIn } from '../charts/pods.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { run } from '../run.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane();
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const metadata = { name: 'physics', labels: restricted };
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
  const charted = await render('baton');
  const isDefinition = ({ kind }: KubernetesObject) => kind === 'CustomResourceDefinition';
  await apply(charted.filter(isDefinition));
  await kubectl(['wait', '--for=condition=Established', 'customresourcedefinitions', '--all']);
  await apply(charted.filter((object) => !isDefinition(object)));
}, 120_000);

afterAll(async () => plane[Symbol.asyncDispose]());

function kubectl(words: readonly string[], input = ''): Promise<string> {
  return run(pathOf('kubectl'), ['--kubeconfig', plane.kubeconfig, ...words], { input });
}

function apply(items: readonly unknown[], ...words: readonly string[]): Promise<string> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  return kubectl(['apply', '--server-side', '--filename', '-', ...words], list);
}

/** What the API server says against an object. */
async function refused(object: unknown): Promise<string> {
  return apply([object]).catch(String);
}

function partition(spec: Values, name = 'small'): Values {
  const metadata = { name, namespace: 'physics' };
  const segments = [{ name: 'source', members: 2 }];
  return {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    metadata,
    spec: { machine: 'minimal', segments, ...spec },
  };
}

test('all objects of the charts are taken, and every pod is of the restricted standard', async () => {
  const objects = await render('minidaq', minidaq());
  await apply(objects);
  const sets = [...objects, ...(await render('baton'))].filter(
    ({ kind }) => kind === 'StatefulSet' || kind === 'Deployment',
  );
  expect(sets).toHaveLength(6);
  const pods = sets.map((set) => {
    const { metadata, spec } = templateIn(set);
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: set.metadata.name, namespace: 'physics' },
      spec,
    };
  });
  // Only a pod itself is checked against the standard.
  await apply(pods, '--dry-run=server');
});

test('kubectl shows a partition in one line, without an age of anything but the object', async () => {
  await apply([partition({}, 'shown')]);
  const run = { number: 7, since: '2026-01-01T00:00:00Z', status: 'open' };
  const operation = { id: 'a', title: 'start_run', status: 'succeeded', since: '2026-01-01T00:00:00Z' };
  const status = {
    observedGeneration: 1,
    state: 'running',
    run,
    operation,
    targets: '1/2',
    troubledCount: 1,
    conditions: [],
  };
  const patch = JSON.stringify({ status });
  const words = ['--namespace', 'physics', 'partition', 'shown'];
  await kubectl(['patch', '--subresource', 'status', '--type', 'merge', '--patch', patch, ...words]);
  const [head = '', line = ''] = (await kubectl(['get', ...words])).split('\n');
  expect(head.split(/ {2,}/)).toEqual([
    'NAME',
    'STATE',
    'RUN',
    'OPERATION',
    'OUTCOME',
    'TARGETS',
    'TROUBLE',
    'AGE',
  ]);
  expect(line.split(/ {2,}/).slice(0, -1)).toEqual([
    'shown',
    'running',
    '7',
    'start_run',
    'succeeded',
    '1/2',
    '1',
  ]);
});

const FAULTS: readonly (readonly [string, Values, string])[] = [
  [
    'more minMembers than members',
    { name: 'a', members: 2, minMembers: 3 },
    'want minMembers to be at most members',
  ],
  [
    'minMembers of a critical segment',
    { name: 'a', members: 2, minMembers: 1 },
    'want critical: false with minMembers',
  ],
  [
    'the name of a target',
    { name: 'a-1', members: 2 },
    'want a name that does not end like that of a target',
  ],
  [
    'keys of another adapter',
    { name: 'a', members: 1, adapter: { port: 1, cause: '/x' } },
    'with type grpc only the keys type, port',
  ],
  [
    'keys of another adapter by name',
    { name: 'a', members: 1, adapter: { type: 'exec', success: {} } },
    'with type exec only the keys',
  ],
  [
    'an adapter that nobody knows',
    { name: 'a', members: 1, adapter: { type: 'mqtt' } },
    'supported values: "grpc", "http", "child", "exec"',
  ],
  [
    'a duration without a unit',
    { name: 'a', members: 1, stop: { gracePeriod: '30' } },
    'spec.segments[0].stop.gracePeriod',
  ],
  ['no members', { name: 'a', members: 0 }, 'spec.segments[0].members'],
];

test.each(FAULTS)('a Partition with %s is refused', async (_, segment, words) => {
  expect(await refused(partition({ segments: [segment] }))).toContain(words);
});

/** A machine of two states, as a table. */
const TABLE = {
  name: 'tiny',
  initial: 'idle',
  states: [
    { name: 'idle', rest: true },
    { name: 'running', inRun: true },
  ],
  transitions: [
    { name: 'start', from: ['idle'], to: 'running' },
    { name: 'stop', from: ['running'], to: 'idle', stopPath: true },
  ],
};

test('a machine is a name that is known or a table with its parts, an order a word or batches', async () => {
  const ordered = (order: unknown) => ({ segments: [{ name: 'a', members: 4, order }] });
  expect(await refused(partition({ machine: 'dnue' }))).toContain('spec.machine');
  expect(await refused(partition({ machine: { states: [] } }))).toContain('spec.machine');
  expect(await refused(partition(ordered('sideways')))).toContain('spec.segments[0].order');
  expect(await refused(partition(ordered({ batch: 2 })))).toContain('spec.segments[0].order.batches');
  await apply([partition({ machine: TABLE, ...ordered({ batches: 2 }) }, 'table')]);
  await apply([partition(ordered('ascending'), 'words')]);
});

test('two segments of one name are refused, and a name that no label holds', async () => {
  const twice = [1, 2].map((members) => ({ name: 'a', members }));
  expect(await refused(partition({ segments: twice }))).toMatch(
    /duplicate entries for key \[name="a"\]|Duplicate value/,
  );
  expect(await refused(partition({}, 'x'.repeat(64)))).toContain('metadata.name');
});

test('an edit by another of two writers does not undo the first one’s segment', async () => {
  const segments = ['a', 'b'].map((name) => ({ name, members: 1 }));
  await apply([partition({ segments }, 'shared')]);
  const own = partition({ segments: [{ name: 'b', members: 1, critical: false }] }, 'shared');
  await apply([own], '--field-manager', 'other');
  const text = await kubectl([
    'get',
    'partition',
    'shared',
    '--namespace',
    'physics',
    '--output',
    'jsonpath={.spec.segments[*].name}',
  ]);
  expect(text).toBe('a b');
});

test('how a run ended cannot be changed, and runs are found by their partition', async () => {
  const spec = {
    partition: 'small',
    number: 4_294_967_295,
    startedAt: '2026-01-01T00:00:00.123Z',
    status: 'open',
  };
  const object = {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Run',
    metadata: { name: 'small-1', namespace: 'physics' },
    spec,
  };
  await apply([object]);
  const ended = { ...spec, status: 'clean', endedAt: '2026-01-01T01:00:00.000Z' };
  await apply([{ ...object, spec: ended }]);
  expect(await refused({ ...object, spec: { ...ended, status: 'unclean' } })).toContain(
    'how a run ended cannot be changed',
  );
  expect(await refused({ ...object, spec: { ...ended, number: 2 } })).toContain('number cannot be changed');
  const found = async (name: string) =>
    kubectl([
      'get',
      'runs',
      '--namespace',
      'physics',
      '--field-selector',
      `spec.partition=${name}`,
      '--output',
      'name',
    ]);
  expect(await found('small')).toBe('run.baton.dev/small-1\n');
  expect(await found('large')).toBe('');
});

test('a Partition that was deleted without a coordinator is freed by the command of the README', async () => {
  const metadata = { name: 'beam', namespace: 'physics', finalizers: [ORDERED_STOP_FINALIZER] };
  await apply([{ ...partition({}, 'beam'), metadata }]);
  await kubectl(['--namespace', 'physics', 'delete', 'partition', 'beam', '--wait=false']);
  const there = () => kubectl(['--namespace', 'physics', 'get', 'partitions', '--output', 'name']);
  expect(await there()).toContain('/beam');
  const readme = readFileSync('charts/README.md', 'utf8');
  const words = /^kubectl --namespace detector patch (.*)$/m.exec(readme)?.[1] ?? '';
  const notes = readFileSync('charts/baton/templates/NOTES.txt', 'utf8');
  expect(notes).toContain(words.replace('beam', 'NAME'));
  await kubectl(['--namespace', 'physics', 'patch', ...words.replaceAll("'", '').split(' ')]);
  expect(await there()).not.toContain('/beam');
});
