import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../coordinator/clock.ts';
import type { Access } from '../../../coordinator/cluster/client/access.ts';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { Informer, type InformerParts } from '../../../coordinator/cluster/client/informer.ts';
import type { Change } from '../../../coordinator/cluster/client/known.ts';
import { condition } from '../../sidecar/condition.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { CONFIG_MAPS, createThing, NAMESPACE, parseThing, type Thing } from './things.ts';

let plane: ControlPlane;
let client: KubeClient;

beforeAll(async () => {
  plane = await startControlPlane();
}, 120_000);

afterAll(async () => plane[Symbol.asyncDispose]());

beforeEach(() => {
  client = KubeClient.open({ kind: 'kubeconfig', path: plane.kubeconfig, context: undefined });
});

afterEach(async () => client[Symbol.asyncDispose]());

/** An informer of the things with that label, and what it has told, one word each. */
function inform(label: string, parts: Partial<InformerParts<Thing>> = {}) {
  const told: string[] = [];
  const troubles: string[] = [];
  const onChange = ({ key, before, after }: Change<Thing>) => {
    told.push(`${key.replace(`${NAMESPACE}/`, '')}: ${before?.value ?? '-'} → ${after?.value ?? '-'}`);
  };
  const informer = Informer.start<Thing>({
    client,
    resource: CONFIG_MAPS,
    namespace: NAMESPACE,
    labelSelector: `test=${label}`,
    project: parseThing,
    onChange,
    onTrouble: (trouble) => troubles.push(trouble?.message ?? 'none'),
    onFatal: (error) => {
      throw error;
    },
    clock: systemClock,
    random: Math.random,
    ...parts,
  });
  return { informer, told, troubles };
}

const at = (name: string) => ({ namespace: NAMESPACE, name });

const set = (name: string, value: string) =>
  client.patch(CONFIG_MAPS, at(name), { kind: 'merge', body: { data: { value } } });

test('it tells what is there, then what changes, and nothing of others', async () => {
  const labels = { test: 'changes' };
  await createThing(client, 'a', '1', labels);
  await createThing(client, 'stranger', '1', { test: 'other' });
  const { informer, told } = inform('changes');
  await using _ = informer;
  await informer.synced;
  expect(told).toEqual(['a: - → 1']);
  expect([...informer.all()].map(([key]) => key)).toEqual(['default/a']);
  await createThing(client, 'b', '1', labels);
  await set('a', '2');
  // What is not looked at does not count as a change.
  await client.patch(CONFIG_MAPS, at('a'), { kind: 'merge', body: { data: { another: 'x' } } });
  await client.delete(CONFIG_MAPS, at('b'));
  await set('a', '3');
  await condition('the last change is told', () => informer.get('default/a')?.value === '3');
  expect(told.slice(1)).toEqual(['b: - → 1', 'a: 1 → 2', 'b: 1 → -', 'a: 2 → 3']);
  expect(informer.staleSinceMs).toBeUndefined();
  // Out of the selector is gone for us.
  await client.patch(CONFIG_MAPS, at('a'), { kind: 'merge', body: { metadata: { labels: { test: null } } } });
  await condition('it is gone', () => informer.get('default/a') === undefined);
});

test('an API server that is killed and comes back: within seconds all is known again', async () => {
  const labels = { test: 'killed' };
  for (const name of ['stays', 'goes', 'replaced']) await createThing(client, `k-${name}`, '1', labels);
  const { informer, told, troubles } = inform('killed');
  await using _ = informer;
  await informer.synced;
  told.length = 0;
  const before = systemClock().monotonicMs;
  await client.delete(CONFIG_MAPS, at('k-goes'));
  await plane.kill();
  await condition('it is told that it is cut off', () => informer.staleSinceMs !== undefined);
  expect(informer.staleSinceMs).toBeLessThan(systemClock().monotonicMs);
  expect(informer.staleSinceMs).toBeGreaterThan(before - 1_000);
  // What was known is still there to be asked.
  expect(informer.get('default/k-stays')?.value).toBe('1');
  await plane.start();
  const back = systemClock().monotonicMs;
  await condition('it is kept up again', () => informer.staleSinceMs === undefined);
  expect(systemClock().monotonicMs - back).toBeLessThan(5_000);
  await client.delete(CONFIG_MAPS, at('k-replaced'));
  await createThing(client, 'k-replaced', '1', labels);
  await condition('the new one is told', () => told.length >= 3);
  expect(told).toEqual(['k-goes: 1 → -', 'k-replaced: 1 → -', 'k-replaced: - → 1']);
  expect(troubles.at(-1)).toBe('none');
  expect(troubles.join()).toContain(plane.server);
});

/** It misses a while: its next watch goes on only when it is let, from wherever the API server may say. */
class Missing extends KubeClient {
  from: string | undefined;
  readonly gates: (() => Promise<void>)[] = [];

  override async *watch(...[resource, where, options]: Parameters<KubeClient['watch']>) {
    await this.gates.shift()?.();
    const resourceVersion = this.from ?? options.resourceVersion;
    this.from = undefined;
    yield* super.watch(resource, where, { ...options, resourceVersion });
  }
}

test('what was missed is found by the next list: gone, replaced under the same name, new', async () => {
  const labels = { test: 'missed' };
  for (const name of ['stays', 'goes', 'replaced']) await createThing(client, `m-${name}`, '1', labels);
  await using missing = new Missing(client.access);
  const gate = Promise.withResolvers<void>();
  missing.gates.push(() => gate.promise);
  const { informer, told, troubles } = inform('missed', { client: missing });
  await using _ = informer;
  await informer.synced;
  told.length = 0;
  for (const name of ['goes', 'replaced']) await client.delete(CONFIG_MAPS, at(`m-${name}`));
  for (const name of ['replaced', 'new']) await createThing(client, `m-${name}`, '1', labels);
  // A version that the API server has forgotten: 410, and so a list.
  missing.from = '1';
  gate.resolve();
  await condition('all is told', () => told.length >= 4);
  expect(told).toEqual(['m-goes: 1 → -', 'm-new: - → 1', 'm-replaced: 1 → -', 'm-replaced: - → 1']);
  // Nobody has to hear of a version that was forgotten.
  expect(troubles).toEqual([]);
});

test('a paused API server: what was asked of it meanwhile is told once it goes on', async () => {
  const labels = { test: 'paused' };
  await createThing(client, 'p', '1', labels);
  const { informer, troubles } = inform('paused');
  await using _ = informer;
  await informer.synced;
  plane.pause();
  const write = set('p', '2');
  plane.resume();
  await write;
  await condition('the change is told', () => informer.get('default/p')?.value === '2');
  expect(troubles).toEqual([]);
});

/** It counts its watches, and takes a silent one for dead soon. */
class Impatient extends KubeClient {
  watches = 0;

  constructor(access: Access) {
    super(access, { watchQuietMs: 1_000 });
  }

  override watch(...args: Parameters<KubeClient['watch']>) {
    this.watches += 1;
    return super.watch(...args);
  }
}

test('a silent watch is asked for anew from where it was: nothing is listed, missed or troubled', async () => {
  const labels = { test: 'quiet' };
  await createThing(client, 'q', '1', labels);
  await using impatient = new Impatient(client.access);
  const { informer, told, troubles } = inform('quiet', { client: impatient });
  await using _ = informer;
  await condition('it has asked anew', () => impatient.watches >= 3);
  await set('q', '2');
  await condition('the change is told', () => informer.get('default/q')?.value === '2');
  expect(told).toEqual(['q: - → 1', 'q: 1 → 2']);
  expect([troubles, informer.staleSinceMs]).toEqual([[], undefined]);
});

test('an API server that hangs is noticed, and what happens after it', { timeout: 60_000 }, async () => {
  const labels = { test: 'hangs' };
  await createThing(client, 'h', '1', labels);
  await using impatient = new Impatient(client.access);
  const { informer, troubles } = inform('hangs', { client: impatient });
  await using _ = informer;
  await informer.synced;
  const before = systemClock().monotonicMs;
  plane.pause();
  try {
    await condition('it is told that it is cut off', () => informer.staleSinceMs !== undefined);
    expect(informer.staleSinceMs).toBeGreaterThan(before - 2_000);
    expect(troubles[0]).toContain('watch configmaps in namespace default: no answer from the API server');
  } finally {
    plane.resume();
  }
  await set('h', '2');
  await condition('the change is told', () => informer.get('default/h')?.value === '2');
  expect(troubles.at(-1)).toBe('none');
});

test('one that may not list says so once, and works as soon as it may', async () => {
  await createThing(client, 'r', '1', { test: 'rights' });
  await using shift = KubeClient.open({
    kind: 'kubeconfig',
    path: plane.kubeconfigOf('watcher'),
    context: undefined,
  });
  const { informer, troubles } = inform('rights', { client: shift });
  await using _ = informer;
  await condition('it says what it lacks', () => troubles.length > 0);
  expect(troubles[0]).toContain('give the account the right to list configmaps in namespace default');
  await grant('watcher');
  await informer.synced;
  expect(informer.get('default/r')?.value).toBe('1');
  expect(troubles.at(-1)).toBe('none');
  expect(troubles.filter((words) => words.includes('the right to list'))).toHaveLength(1);
});

async function grant(user: string): Promise<void> {
  const group = 'rbac.authorization.k8s.io';
  const rbac = { group, version: 'v1', namespaced: true };
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }];
  const roles = { ...rbac, kind: 'Role', plural: 'roles' };
  const bindings = { ...rbac, kind: 'RoleBinding', plural: 'rolebindings' };
  const where = { namespace: NAMESPACE };
  await client.create(roles, where, {
    apiVersion: `${group}/v1`,
    kind: 'Role',
    metadata: { name: user },
    rules,
  });
  await client.create(bindings, where, {
    apiVersion: `${group}/v1`,
    kind: 'RoleBinding',
    metadata: { name: user },
    roleRef: { apiGroup: group, kind: 'Role', name: user },
    subjects: [{ apiGroup: group, kind: 'User', name: user }],
  });
}

test('three thousand objects come in pages, and one that is disposed of leaves no request', {
  timeout: 120_000,
}, async () => {
  const COUNT = 3_000;
  const labels = { test: 'many' };
  const names = Array.from({ length: COUNT }, (_, index) => `many-${index}`);
  const running = async () => {
    const { dispatcher } = await client.access.enter();
    if (!(dispatcher instanceof Agent)) throw new Error('want an agent');
    return Object.values(dispatcher.stats).reduce((sum, stats) => sum + stats.running, 0);
  };
  while (names.length > 0) {
    await Promise.all(
      names.splice(0, 50).map((name) => createThing(client, name, 'x'.repeat(1_000), labels)),
    );
  }
  const project = (object: unknown) => {
    const seen = parseThing(object);
    return seen === undefined ? undefined : { uid: seen.uid, value: String(seen.value.length) };
  };
  const { informer, told } = inform('many', { project });
  await informer.synced;
  expect(told).toHaveLength(COUNT);
  await condition('it watches', async () => (await running()) === 1);
  await informer[Symbol.asyncDispose]();
  // Its connection ends with it, a moment later.
  await condition('no request is left', async () => (await running()) === 0);
  const length = told.length;
  await client.delete(CONFIG_MAPS, at('many-0'));
  // One that came after has heard of it; the one that was disposed of is told nothing.
  await using next = inform('many', { project }).informer;
  await next.synced;
  expect([...next.all()]).toHaveLength(COUNT - 1);
  expect(told).toHaveLength(length);
});

test('a bug in what it is given ends it', async () => {
  await createThing(client, 'bug', '1', { test: 'bug' });
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const { informer } = inform('bug', {
    project: () => {
      throw new Error('a bug');
    },
    onFatal: resolve,
  });
  await using _ = informer;
  expect(await promise).toEqual(new Error('a bug'));
});
