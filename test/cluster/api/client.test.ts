import { Agent } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { KubeFault } from '../../../coordinator/cluster/client/fault.ts';
import { NODES, STATEFUL_SETS } from '../../../coordinator/cluster/client/resource.ts';
import { condition } from '../../sidecar/condition.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { CONFIG_MAPS, createThing, NAMESPACE, parseThing, pauseWhole, thing, versionOf } from './things.ts';

let plane: ControlPlane;
let client: KubeClient;

const at = (name: string) => ({ namespace: NAMESPACE, name });

/** The fault that a call ends with. */
async function faultOf(call: Promise<unknown>): Promise<KubeFault> {
  try {
    await call;
  } catch (error) {
    if (error instanceof KubeFault) return error;
    throw error;
  }
  throw new Error('want a fault');
}

const open = (path: string) => KubeClient.open({ kind: 'kubeconfig', path, context: undefined });

beforeAll(async () => {
  plane = await startControlPlane();
  client = open(plane.kubeconfig);
}, 120_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane[Symbol.asyncDispose]();
});

test('what was created is got, replaced, patched and deleted', async () => {
  const created = await createThing(client, 'whole', 'one');
  expect(parseThing(await client.get(CONFIG_MAPS, at('whole')))?.value).toBe('one');
  const version = versionOf(created);
  const next = { ...thing('whole', 'two'), metadata: { name: 'whole', resourceVersion: version } };
  expect(parseThing(await client.replace(CONFIG_MAPS, at('whole'), next))?.value).toBe('two');
  for (const kind of ['merge', 'strategic'] as const) {
    const patched = await client.patch(CONFIG_MAPS, at('whole'), { kind, body: { data: { value: kind } } });
    expect(parseThing(patched)?.value).toBe(kind);
  }
  await client.delete(CONFIG_MAPS, at('whole'), { uid: parseThing(created)?.uid });
  expect((await faultOf(client.get(CONFIG_MAPS, at('whole')))).kind).toBe('notFound');
});

test('applied fields belong to baton, and a fight over them is told', async () => {
  const body = { ...thing('applied', 'ours') };
  await client.patch(CONFIG_MAPS, at('applied'), { kind: 'apply', body, force: false });
  const owned = JSON.stringify(await client.get(CONFIG_MAPS, at('applied')));
  expect(owned).toContain('"manager":"baton"');
  expect(owned).toContain('"operation":"Apply"');
  // Another operation of the same name is another manager to the API server.
  await client.patch(CONFIG_MAPS, at('applied'), { kind: 'merge', body: { data: { value: 'theirs' } } });
  const again = client.patch(CONFIG_MAPS, at('applied'), { kind: 'apply', body, force: false });
  const fault = await faultOf(again);
  expect(fault.kind).toBe('conflict');
  expect(fault.causes).toEqual([expect.stringContaining('conflict with "baton"')]);
  const forced = await client.patch(CONFIG_MAPS, at('applied'), { kind: 'apply', body, force: true });
  expect(parseThing(forced)?.value).toBe('ours');
});

test('each refusal is told apart', async () => {
  const created = await createThing(client, 'once', 'one');
  expect((await faultOf(createThing(client, 'once', 'two'))).kind).toBe('exists');
  await client.patch(CONFIG_MAPS, at('once'), { kind: 'merge', body: { data: { value: 'three' } } });
  const stale = { ...thing('once', 'x'), metadata: { name: 'once', resourceVersion: versionOf(created) } };
  const faults = await Promise.all([
    faultOf(client.replace(CONFIG_MAPS, at('once'), stale)),
    faultOf(client.delete(CONFIG_MAPS, at('once'), { resourceVersion: versionOf(created) })),
    faultOf(client.delete(CONFIG_MAPS, at('once'), { uid: 'another' })),
    faultOf(client.create(CONFIG_MAPS, { namespace: NAMESPACE }, thing('No Name', 'x'))),
  ]);
  expect(faults.map(({ kind }) => kind)).toEqual(['conflict', 'conflict', 'conflict', 'invalid']);
  expect(faults[3]?.message).toContain('metadata.name: Invalid value: "No Name"');
});

test('who may not is told the verb, the resource and the namespace', async () => {
  await using shift = open(plane.kubeconfigOf('shift'));
  const where = { namespace: 'daq', name: 'readout', subresource: 'scale' };
  const fault = await faultOf(
    shift.patch(STATEFUL_SETS, where, { kind: 'merge', body: { spec: { replicas: 2 } } }),
  );
  expect(fault.kind).toBe('forbidden');
  expect(fault.code).toBe('NOT_ALLOWED');
  expect(fault.message).toContain('give the account the right to patch statefulsets.apps/scale daq/readout');
  const nodes = await faultOf(shift.list(NODES, {}));
  expect(nodes.message).toContain('list all nodes');
});

test('who is not known is told so', async () => {
  await using other = KubeClient.open({ kind: 'kubeconfig', path: plane.kubeconfig, context: undefined });
  other.access.config.users = [{ name: 'admin', token: 'nonsense' }];
  expect((await faultOf(other.get(CONFIG_MAPS, at('any')))).kind).toBe('unauthenticated');
});

test('fifty calls one after the other make two connections at most', async () => {
  await using fresh = open(plane.kubeconfig);
  for (let calls = 0; calls < 50; calls += 1) await fresh.list(CONFIG_MAPS, { namespace: NAMESPACE });
  const { dispatcher } = await fresh.access.enter();
  if (!(dispatcher instanceof Agent)) throw new Error('want an agent');
  const [{ connected } = { connected: 0 }] = Object.values(dispatcher.stats);
  expect(connected).toBeGreaterThan(0);
  // The next call may begin while the connection of the one before is not free yet.
  expect(connected).toBeLessThanOrEqual(2);
});

test('an API server that is paused leaves the outcome unknown, one that is gone was not reached', async () => {
  await pauseWhole(plane, client);
  const paused = await faultOf(client.get(CONFIG_MAPS, at('any'), { deadlineMs: 300 }));
  plane.resume();
  expect([paused.kind, paused.message]).toEqual(['unknown', expect.stringContaining('none within 300 ms')]);
  await plane.kill();
  await condition('the API server is gone', async () => {
    const gone = await faultOf(client.get(CONFIG_MAPS, at('any')));
    // A kept connection is found dead once; from then on there is none.
    return gone.kind === 'unreachable' && gone.code === 'UNREACHABLE';
  });
  await plane.start();
  expect((await faultOf(client.get(CONFIG_MAPS, at('any')))).kind).toBe('notFound');
  // What happened before its start it does not remember.
  const { signal } = new AbortController();
  const watch = client.watch(CONFIG_MAPS, { namespace: NAMESPACE }, { resourceVersion: '1', signal });
  expect((await faultOf(watch.next())).kind).toBe('expired');
});

test('a call that is given up throws the reason', async () => {
  const stop = new AbortController();
  await pauseWhole(plane, client);
  const call = client.get(CONFIG_MAPS, at('any'), { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
  plane.resume();
});
