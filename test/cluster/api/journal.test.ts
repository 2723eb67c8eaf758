import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { JOURNALS } from '../../../coordinator/cluster/client/resource.ts';
import { StaleAppend } from '../../../coordinator/journal/journal.ts';
import { createObjectJournal } from '../../../coordinator/journal/object/journal.ts';
import { kubeObjectStore } from '../../../coordinator/journal/object/store.ts';
import { journalContract, led, OPENED, START } from '../../journal/contract.ts';
import { condition } from '../../sidecar/condition.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { installKinds } from './kinds.ts';
import { NAMESPACE, pauseWhole } from './things.ts';

let plane: ControlPlane;
let client: KubeClient;
let journals = 0;

const open = (path: string) => KubeClient.open({ kind: 'kubeconfig', path, context: undefined });

beforeAll(async () => {
  plane = await startControlPlane();
  client = open(plane.kubeconfig);
  await installKinds(client);
}, 120_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane[Symbol.asyncDispose]();
});

/** A further handle of that journal, and why it waited. */
function handleOf(name: string, by: KubeClient = client) {
  const waits: string[] = [];
  const journal = createObjectJournal({
    store: kubeObjectStore(by, { namespace: NAMESPACE, name }),
    onWait: (why) => waits.push(why?.message ?? 'goes on'),
    signal: new AbortController().signal,
    random: Math.random,
  });
  return { journal, waits };
}

/** A name that no journal has yet. */
function newName(): string {
  journals += 1;
  return `mini-${journals}`;
}

journalContract('api server', () => {
  const name = newName();
  return { open: () => handleOf(name).journal, [Symbol.asyncDispose]: async () => undefined };
});

/** A journal that has led once. */
async function begun() {
  const name = newName();
  const handle = handleOf(name);
  await handle.journal.read();
  const at = await handle.journal.append(START, [OPENED, led(1)]);
  return { name, at, where: { namespace: NAMESPACE, name }, ...handle };
}

/** Verbs of the requests that changed that journal, and were answered with success. */
function writesOf(name: string): string[] {
  const lines = readFileSync(plane.auditLog, 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const event: {
      verb: string;
      stage: string;
      objectRef?: { name?: string; resource?: string };
      responseStatus?: { code?: number };
    } = JSON.parse(line);
    const { verb, stage, objectRef, responseStatus } = event;
    const isWrite = ['create', 'update', 'patch'].includes(verb) && stage === 'ResponseComplete';
    const isOurs = objectRef?.resource === 'journals' && objectRef.name === name;
    return isWrite && isOurs && (responseStatus?.code ?? 500) < 300 ? [verb] : [];
  });
}

test('one append is one write', async () => {
  const { name, journal, at } = await begun();
  await journal.append(at, [led(2), led(3)]);
  await condition('both are in the audit log', () => writesOf(name).length >= 2);
  expect(writesOf(name)).toEqual(['create', 'update']);
});

test('P8: an append while the API server is killed waits, and is durable once when it is back', {
  timeout: 60_000,
}, async () => {
  const { name, journal, at, waits } = await begun();
  await plane.kill();
  const append = journal.append(at, [led(2)]);
  await condition('it says that it waits', () => waits.length > 0);
  await plane.start();
  expect(await append).toEqual({ epoch: 2, index: 3 });
  expect(waits.at(-1)).toBe('goes on');
  expect((await handleOf(name).journal.read()).at).toEqual({ epoch: 2, index: 3 });
});

test('P8: killed in the very moment of many appends, nothing is lost, doubled or out of order', {
  timeout: 120_000,
}, async () => {
  const { name, journal, at: begin } = await begun();
  let at = begin;
  const until = Promise.withResolvers<void>();
  const appending = (async () => {
    for (let epoch = 2; epoch <= 200; epoch += 1) {
      at = await journal.append(at, [led(epoch)]);
      if (epoch === 40) until.resolve();
    }
  })();
  await until.promise;
  await plane.kill();
  await plane.start();
  await appending;
  expect(at).toEqual({ epoch: 200, index: 201 });
  const { journal: again } = handleOf(name);
  expect((await again.read()).at).toEqual(at);
});

test('P8: paused while an append is under way: it is found done, and not done twice', {
  timeout: 60_000,
}, async () => {
  const { name, journal, at, waits } = await begun();
  await pauseWhole(plane, client);
  const append = journal.append(at, [led(2)]);
  await condition('its call was given up', () => waits.length > 0);
  plane.resume();
  expect(await append).toEqual({ epoch: 2, index: 3 });
  expect((await handleOf(name).journal.read()).at).toEqual({ epoch: 2, index: 3 });
  // Whose asker had gone when it was done is called a failure in the audit log: it is there, or is not.
  expect([['create'], ['create', 'update']]).toContainEqual(writesOf(name));
});

test('a label that somebody adds stays, and is no line of the journal', async () => {
  const { journal, at, where } = await begun();
  const body = { metadata: { labels: { team: 'daq' }, annotations: { note: 'ours' } } };
  await client.patch(JOURNALS, where, { kind: 'merge', body });
  const next = await journal.append(at, [led(2)]);
  await journal.append(next, [led(3)]);
  const object = JSON.stringify(await client.get(JOURNALS, where));
  expect(object).toContain('"team":"daq"');
  expect(object).toContain('"note":"ours"');
  expect(object).toContain(`"baton.dev/partition":"${where.name}"`);
  expect(object).not.toContain('ownerReferences');
});

test('deleted under the leader it is written anew, whole; begun anew by another it is stale', async () => {
  const { name, journal, at, where } = await begun();
  await client.delete(JOURNALS, where);
  const next = await journal.append(at, [led(2)]);
  expect((await handleOf(name).journal.read()).state).toMatchObject({ journalId: 'journal-1', epoch: 2 });
  await client.delete(JOURNALS, where);
  const { journal: other } = handleOf(name);
  await other.read();
  await other.append(START, [{ ...OPENED, journalId: 'journal-2' }, led(1)]);
  await expect(journal.append(next, [led(3)])).rejects.toThrow(StaleAppend);
});

test('restored from an old copy it is stale, and the next leader goes on from the copy', async () => {
  const { name, journal, at, where } = await begun();
  const old = (await client.get(JOURNALS, where)) as { spec: unknown };
  const later = await journal.append(at, [led(2)]);
  await client.patch(JOURNALS, where, { kind: 'merge', body: { spec: old.spec } });
  await expect(journal.append(later, [led(3)])).rejects.toThrow(StaleAppend);
  const { journal: next } = handleOf(name);
  expect((await next.read()).at).toEqual(at);
  expect(await next.append(at, [led(7)])).toEqual({ epoch: 7, index: 3 });
});

test('edited by hand it is refused in words', async () => {
  const { name, where } = await begun();
  await client.patch(JOURNALS, where, { kind: 'merge', body: { spec: { index: 7 } } });
  await expect(handleOf(name).journal.read()).rejects.toThrow(
    `journal ${NAMESPACE}/${name}: is damaged: it says that it ends at record 7 of epoch 1`,
  );
});

test('who may not write it waits, says which right is missing, and goes on once it has it', async () => {
  const name = newName();
  await using stranger = open(plane.kubeconfigOf('stranger'));
  const { journal, waits } = handleOf(name, stranger);
  const read = journal.read();
  await condition('it says what it lacks', () => waits.length > 0);
  expect(waits[0]).toContain(`give the account the right to get journals.baton.dev default/${name}`);
  await client.create(
    {
      group: 'rbac.authorization.k8s.io',
      version: 'v1',
      kind: 'ClusterRoleBinding',
      plural: 'clusterrolebindings',
      namespaced: false,
    },
    {},
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'stranger' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'stranger' }],
    },
  );
  expect((await read).at).toEqual(START);
  expect(await journal.append(START, [OPENED, led(1)])).toEqual({ epoch: 1, index: 2 });
});

test('in a namespace that is not there it has no place', async () => {
  const journal = createObjectJournal({
    store: kubeObjectStore(client, { namespace: 'nowhere', name: 'mini' }),
    onWait: () => undefined,
    signal: new AbortController().signal,
    random: Math.random,
  });
  await journal.read();
  await expect(journal.append(START, [OPENED, led(1)])).rejects.toThrow(/has no place: its namespace or/);
});
