// The authority of an installation in Secrets of a real API server: made once, whoever else writes, and changed in
// steps that wait for what a sidecar shows.

import { X509Certificate } from 'node:crypto';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../../coordinator/clock.ts';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { SECRETS } from '../../../coordinator/cluster/client/resource.ts';
import { Issuer } from '../../../coordinator/cluster/identity/issuer.ts';
import { AUTHORITY_SECRET, SIDECAR_SECRET } from '../../../coordinator/cluster/names.ts';
import { podOf } from '../../../coordinator/cluster/resources/pod.ts';
import { secretOf } from '../../../coordinator/cluster/resources/secret.ts';
import { type Folder, newFolder } from '../../credentials/folder.ts';
import { dialSidecar } from '../../credentials/rig.ts';
import { condition } from '../../sidecar/condition.ts';
import { type Rig, rig } from '../../sidecar/rig.ts';
import { useApiServer } from './ground.ts';

const LIFE_MS = 3_600_000;

const ground = useApiServer();

type Texts = Readonly<Record<string, string>>;

/** As the chart makes them: with nothing in them. */
async function makeEmpty(namespace: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type: 'Opaque' };
    await ground.client.create(SECRETS, { namespace }, body);
  }
}

async function textsOf(namespace: string, name: string): Promise<Texts> {
  return secretOf(await ground.client.get(SECRETS, { namespace, name })).texts;
}

async function write(namespace: string, name: string, body: object): Promise<void> {
  await ground.client.patch(SECRETS, { namespace, name }, { kind: 'merge', body });
}

const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** Resolves with what the Secret holds once `fits`. */
async function holds(namespace: string, name: string, fits: (texts: Texts) => boolean): Promise<Texts> {
  let texts: Texts = {};
  await condition(`Secret ${namespace}/${name} holds what it should`, async () => {
    texts = await textsOf(namespace, name);
    return fits(texts);
  });
  return texts;
}

const isWhole = (texts: Texts): boolean => 'tls.key' in texts;

type Told = Issuing['told'];
type Issuing = { readonly issuer: Issuer; readonly told: string[]; readonly fatal: readonly unknown[] };

type Sidecar = { readonly uid: string; readonly rig: () => Rig };

/** One that leads: the authority at home, and two namespaces. */
function lead(
  home: string,
  namespaces: readonly string[],
  { client = ground.client, sidecars = [] }: { client?: KubeClient; sidecars?: readonly Sidecar[] } = {},
): Issuing {
  const told: string[] = [];
  const fatal: unknown[] = [];
  const pods = sidecars.map(({ uid }) => podIn(namespaces[0] ?? '', uid));
  const issuer = new Issuer({
    client,
    home,
    namespaces,
    lifeMs: LIFE_MS,
    pods: () => pods,
    addressOf: ({ uid }) => sidecars.find((each) => each.uid === uid)?.rig().sidecar.grpc ?? '',
    clock: systemClock,
    random: Math.random,
    log: pino({ level: 'info' }, { write: (line: string) => told.push(line) }),
    onFatal: (error) => fatal.push(error),
  });
  ground.held.use(issuer);
  ground.held.defer(() => expect(fatal).toEqual([]));
  return { issuer, told, fatal };
}

function podIn(namespace: string, uid: string): ReturnType<typeof podOf> {
  return podOf({
    metadata: { name: uid, namespace, uid, annotations: { 'baton.dev/identity': 'coordinatorIssued' } },
    spec: { containers: [{ name: 'daq' }], initContainers: [{ name: 'baton' }] },
    status: {
      phase: 'Running',
      podIP: '127.0.0.1',
      initContainerStatuses: [{ name: 'baton', containerID: 'c', state: { running: {} } }],
    },
  });
}

/** A sidecar whose folder is filled by the test, in the place of a kubelet. */
async function sidecarWith(namespace: string, texts: Texts): Promise<Sidecar & { readonly folder: Folder }> {
  const folder = ground.held.use(newFolder());
  folder.swap(filesOf(texts));
  const all = ground.held.use(await rig({ tls: { directory: folder.path, namespace } }));
  return { uid: 'pod-1', rig: () => all, folder };
}

function filesOf(texts: Texts): Parameters<Folder['swap']>[0] {
  return {
    'ca.crt': texts['ca.crt'] ?? '',
    'tls.crt': texts['tls.crt'] ?? '',
    'tls.key': texts['tls.key'] ?? '',
  };
}

/** The sidecar's machine, asked by what the issuer shows; or why there is no answer. */
async function dialled({ issuer }: Issuing, namespace: string, sidecar: Sidecar): Promise<string> {
  const dialling = issuer.dialling(namespace);
  if (dialling.kind === 'plaintext') throw new Error('it dials in plaintext');
  using client = dialSidecar(sidecar.rig().sidecar.grpc, dialling.store, dialling.realm);
  return await client.describe();
}

const has = (told: Told, words: string): boolean => told.some((line) => line.includes(words));

test('from nothing: an authority at home, and an identity for each namespace that its sidecars take', async () => {
  const [home, beam] = [await ground.namespace('fresh'), await ground.namespace('fresh-beam')];
  await makeEmpty(home, AUTHORITY_SECRET, SIDECAR_SECRET);
  await makeEmpty(beam, SIDECAR_SECRET);
  const leader = lead(home, [home, beam]);
  await leader.issuer.begun;
  const authority = await holds(home, AUTHORITY_SECRET, isWhole);
  const texts = await holds(beam, SIDECAR_SECRET, isWhole);
  expect(texts['ca.crt']).toBe(authority['tls.crt']);
  expect(new X509Certificate(texts['tls.crt'] ?? '').subjectAltName).toBe('DNS:sidecar.fresh-beam.baton');
  expect(Object.keys(texts).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  const sidecar = await sidecarWith(beam, texts);
  expect(await dialled(leader, beam, sidecar)).toBe('minimal');
  expect(await dialled(leader, home, sidecar)).toContain('want the name DNS:sidecar.fresh.baton');
});

test('the next leader goes on with what is there, and fills what is missing', async () => {
  const home = await ground.namespace('half');
  await makeEmpty(home, AUTHORITY_SECRET, SIDECAR_SECRET);
  const first = lead(home, [home]);
  const before = await holds(home, SIDECAR_SECRET, isWhole);
  await first.issuer[Symbol.asyncDispose]();
  await write(home, SIDECAR_SECRET, { data: { 'ca.crt': null, 'tls.crt': null, 'tls.key': null } });
  const next = lead(home, [home]);
  const after = await holds(home, SIDECAR_SECRET, isWhole);
  expect(after['ca.crt']).toBe(before['ca.crt']);
  expect(after['tls.crt']).not.toBe(before['tls.crt']);
  expect(has(next.told, 'an authority is made')).toBe(false);
});

test('what a hand spoils of a namespace is written anew; a spoiled authority is told and left', async () => {
  const home = await ground.namespace('spoiled');
  await makeEmpty(home, AUTHORITY_SECRET, SIDECAR_SECRET);
  const leader = lead(home, [home]);
  const good = await holds(home, SIDECAR_SECRET, isWhole);
  await write(home, SIDECAR_SECRET, { data: { 'tls.key': encoded('mine') } });
  const again = await holds(home, SIDECAR_SECRET, (texts) => texts['tls.key'] !== 'mine');
  expect(again['ca.crt']).toBe(good['ca.crt']);
  const sidecar = await sidecarWith(home, again);
  await write(home, AUTHORITY_SECRET, { data: { 'tls.key': encoded('mine') } });
  await condition('it is told', () => has(leader.told, 'the authority cannot be used: tls.crt and tls.key'));
  expect(await textsOf(home, AUTHORITY_SECRET)).toMatchObject({ 'tls.key': 'mine' });
  // Who leads remembers it; a stranger to it cannot dial, and says why.
  expect(await dialled(leader, home, sidecar)).toBe('minimal');
  const stranger = lead(home, [home]);
  await condition('it is told', () => has(stranger.told, 'the authority cannot be used'));
  expect(await dialled(stranger, home, sidecar)).toContain(
    'the coordinator has no identity for namespace spoiled: the authority cannot be used',
  );
  // As the sentence says: emptied, it is written as it was by who remembers it, or another one is made.
  await stranger.issuer[Symbol.asyncDispose]();
  await write(home, AUTHORITY_SECRET, { data: { 'tls.crt': null, 'tls.key': null } });
  const restored = await holds(home, AUTHORITY_SECRET, isWhole);
  expect(restored['tls.crt']).toBe(good['ca.crt']);
});

test('Secrets that are deleted are told, and filled as they were once they are there again', async () => {
  const home = await ground.namespace('deleted');
  await makeEmpty(home, AUTHORITY_SECRET, SIDECAR_SECRET);
  const leader = lead(home, [home]);
  const good = await holds(home, SIDECAR_SECRET, isWhole);
  for (const [name, words] of [
    [SIDECAR_SECRET, 'namespace deleted has no Secret for its sidecars'],
    [AUTHORITY_SECRET, 'the Secret for the authority is not there'],
  ] as const) {
    await ground.client.delete(SECRETS, { namespace: home, name });
    await condition('it is told', () => has(leader.told, words));
    await condition('callers are told', () => leader.issuer.trouble.includes(words));
    await makeEmpty(home, name);
    await holds(home, name, isWhole);
    await condition('it is over', () => leader.issuer.trouble === '');
  }
  expect((await textsOf(home, AUTHORITY_SECRET))['tls.crt']).toBe(good['ca.crt']);
  expect((await textsOf(home, SIDECAR_SECRET))['ca.crt']).toBe(good['ca.crt']);
});

test('two that believe to lead make one authority between them', async () => {
  const home = await ground.namespace('two');
  await makeEmpty(home, AUTHORITY_SECRET, SIDECAR_SECRET);
  const leaders = [lead(home, [home]), lead(home, [home]), lead(home, [home])];
  const { 'tls.crt': authority = '' } = await holds(home, AUTHORITY_SECRET, isWhole);
  const texts = await holds(home, SIDECAR_SECRET, (each) => each['ca.crt'] === authority);
  const sidecar = await sidecarWith(home, texts);
  for (const leader of leaders) {
    await condition(
      'it follows what is there',
      async () => (await dialled(leader, home, sidecar)) === 'minimal',
    );
  }
  expect((await textsOf(home, AUTHORITY_SECRET))['tls.crt']).toBe(authority);
  expect(leaders.filter(({ told }) => has(told, 'an authority is made'))).toHaveLength(1);
});

test('another authority issues once the sidecar trusts it, and not before; streams are not touched', async () => {
  const home = await ground.namespace('rotated');
  await makeEmpty(home, AUTHORITY_SECRET, SIDECAR_SECRET);
  const first = lead(home, [home]);
  const old = await holds(home, SIDECAR_SECRET, isWhole);
  const sidecar = await sidecarWith(home, old);
  await first.issuer[Symbol.asyncDispose]();
  const leader = lead(home, [home], { sidecars: [sidecar] });
  await leader.issuer.begun;
  await write(home, AUTHORITY_SECRET, { metadata: { annotations: { 'baton.dev/rotate': 'today' } } });
  const both = await holds(home, SIDECAR_SECRET, (texts) => texts['ca.crt'] !== old['ca.crt']);
  const { 'next.crt': next = '' } = await textsOf(home, AUTHORITY_SECRET);
  expect(both['ca.crt']).toBe(`${old['ca.crt']}${next}`);
  await condition('it waits for the pod', () =>
    has(leader.told, 'the next authority issues once these sidecars trust it: rotated/pod-1'),
  );
  expect(await dialled(leader, home, sidecar)).toBe('minimal');
  expect((await textsOf(home, AUTHORITY_SECRET))['next.crt']).toBe(next);
  sidecar.folder.swap(filesOf(both));
  const issued = await holds(home, AUTHORITY_SECRET, (texts) => texts['tls.crt'] === next);
  expect(issued).not.toHaveProperty('next.key');
  expect(JSON.parse(issued['retired.json'] ?? '')).toEqual([
    { certificate: old['ca.crt'], until: expect.any(String) },
  ]);
  const last = await holds(home, SIDECAR_SECRET, (texts) => texts['ca.crt']?.startsWith(next) === true);
  // Between the two the sidecar shows what the old one has signed, and takes what the new one has.
  expect(await dialled(leader, home, sidecar)).toBe('minimal');
  sidecar.folder.swap(filesOf(last));
  await condition('the new files are in use', async () => {
    return (await sidecar.rig().get('/metrics')).includes('baton_certificate_expires_in_seconds');
  });
  expect(await dialled(leader, home, sidecar)).toBe('minimal');
  const metrics = await sidecar.rig().get('/metrics');
  expect(metrics).toContain('baton_peers_refused_total{reason="certificate"} 0\n');
  expect(metrics).toContain('baton_peers_refused_total{reason="handshake"} 0\n');
});
