import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { findLeaders } from '../../coordinator/cli/tunnel/find.ts';
import { coordinatorPods, judgePods } from '../../coordinator/cli/tunnel/leader.ts';
import { KubeFault } from '../../coordinator/cluster/client/fault.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { fakeWorld, run } from './fakeWorld.ts';

type Said = {
  readonly namespace?: string;
  readonly leads?: boolean;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly isDeleting?: boolean;
  readonly installation?: string;
};

/** A pod as the API server lists it. */
function pod(name: string, said: Said = {}) {
  const { namespace = 'ops', leads = false, ready = true, phase = 'Running', isDeleting = false } = said;
  return {
    metadata: {
      name,
      namespace,
      labels: {
        'app.kubernetes.io/instance': said.installation ?? 'baton',
        ...(leads ? { 'baton.dev/leader': 'true' } : {}),
      },
      ...(isDeleting ? { deletionTimestamp: '2026-11-21T08:00:00Z' } : {}),
    },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const found = (...items: object[]) => judgePods(coordinatorPods({ items }));

test('the pod with the label leads; one that is ready comes before one that only kept it', () => {
  expect(found(pod('a'), pod('b', { leads: true }))).toMatchObject({
    kind: 'leaders',
    pods: [{ name: 'b', namespace: 'ops' }],
  });
  expect(found(pod('a', { leads: true, ready: false }), pod('b', { leads: true }))).toMatchObject({
    pods: [{ name: 'b' }, { name: 'a' }],
  });
});

test('who goes, or does not run, leads no more', () => {
  const gone = [
    pod('a', { leads: true, isDeleting: true }),
    pod('b', { leads: true, phase: 'Failed' }),
    pod('c', { leads: true, phase: 'Pending' }),
  ];
  expect(found(...gone)).toEqual({ kind: 'none' });
  expect(found(...gone, pod('d'))).toMatchObject({ kind: 'leaderless', pods: [{ name: 'd' }] });
});

test('of two installations somebody has to say which', () => {
  const two = [pod('a', { leads: true }), pod('b', { leads: true, namespace: 'lab' })];
  expect(found(...two)).toEqual({ kind: 'several', places: ['baton in lab', 'baton in ops'] });
  expect(found(two[0] ?? {}, pod('c', { installation: 'second' }))).toMatchObject({ kind: 'several' });
});

/** An API server that lists these pods, by namespace; a namespace that is not there may not be looked at. */
function server(pods: Readonly<Record<string, readonly object[]>>) {
  const list = async (_: unknown, { namespace = '' }: { readonly namespace?: string | undefined }) => {
    const items = pods[namespace];
    if (items !== undefined) return { items };
    throw new KubeFault('forbidden', `list pods in ${namespace || 'all'}: not allowed`);
  };
  return { list, access: { server: 'https://api', namespace: 'daq' } };
}

test('who may look only where they work finds it there', async () => {
  const leader = pod('a', { leads: true, namespace: 'daq' });
  expect(await findLeaders(server({ '': [leader] }), undefined)).toMatchObject([{ name: 'a' }]);
  expect(await findLeaders(server({ daq: [leader] }), undefined)).toMatchObject([{ name: 'a' }]);
  expect(await findLeaders(server({ daq: [leader] }), 'daq')).toMatchObject([{ name: 'a' }]);
});

test.each([
  ['forbidden everywhere', {}, undefined, 'NOT_ALLOWED', 'list pods in all: not allowed'],
  [
    'not where they work',
    { daq: [] },
    undefined,
    'NOT_ALLOWED',
    'in namespace daq of the context there is none',
  ],
  [
    'none at all',
    { '': [] },
    undefined,
    'UNREACHABLE',
    'no coordinator runs in all namespaces of https://api',
  ],
  ['none there', { ops: [] }, 'ops', 'UNREACHABLE', 'no coordinator runs in namespace ops'],
  [
    'none leads',
    { ops: [pod('a'), pod('b')] },
    'ops',
    'NO_LEADER',
    'of 2 coordinators in namespace ops none leads',
  ],
  [
    'several',
    { '': [pod('a'), pod('b', { namespace: 'lab' })] },
    undefined,
    'MALFORMED',
    'there are several coordinators',
  ],
] as const)('%s is told', async (_, pods, namespace, code, words) => {
  await expect(findLeaders(server(pods), namespace)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});

test('who waits with a finger on Tab does not wait long for a cluster', async () => {
  using folder = temporaryDirectory();
  const silent = createServer();
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const file = folder.file('config');
  writeFileSync(file, kubeconfig(`http://127.0.0.1:${port}`));
  const world = fakeWorld('');
  const { code, out } = await run(world, `complete -- --kubeconfig ${file} goto r`);
  expect({ code, out }).toEqual({ code: 0, out: '' });
  // Its own patience was over, and not that of whoever asks the API server.
  expect(world.nowMs()).toBeGreaterThan(3_000);
  silent.close();
});

test('a kubeconfig that is not there, or has no such context, is a mistake of usage', async () => {
  using folder = temporaryDirectory();
  const absent = await run(fakeWorld(''), `--kubeconfig ${folder.file('none')} status`);
  expect(absent).toMatchObject({
    code: 2,
    err: expect.stringContaining('no Kubernetes API server to talk to'),
  });
  const file = folder.file('config');
  writeFileSync(file, kubeconfig('https://127.0.0.1:1'));
  const wrong = await run(fakeWorld(''), `--kubeconfig ${file} --kube-context knid status`);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('has no context knid; it has: kind') });
  const silent = await run(fakeWorld(''), `--kubeconfig ${file} status`);
  expect(silent.code).toBe(4);
  expect(silent.err).toContain('the API server https://127.0.0.1:1 cannot be reached');
  expect(silent.err).toMatch(/\nnext: see whether the cluster answers: kubectl cluster-info\n$/);
});

function kubeconfig(server: string): string {
  return `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${server}"}}]
users: [{name: u, user: {}}]
contexts: [{name: kind, context: {cluster: c, user: u}}]
current-context: kind
`;
}
