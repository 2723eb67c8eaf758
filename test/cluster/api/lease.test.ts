import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../../coordinator/clock.ts';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { LEASES } from '../../../coordinator/cluster/client/resource.ts';
import { electionOf } from '../../../coordinator/cluster/leader/election.ts';
import { LEASE_NAME } from '../../../coordinator/cluster/names.ts';
import { LEASE_DURATION_MS } from '../../../coordinator/lease/lease.ts';
import { parseLease } from '../../../coordinator/lease/record.ts';
import { condition } from '../../sidecar/condition.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { NAMESPACE } from './things.ts';
import { eventsOf, noted } from './told.ts';

const PROGRAM = fileURLToPath(new URL('candidate.ts', import.meta.url));

// Each starts two programs, and some wait for a Lease to expire.
vi.setConfig({ testTimeout: 90_000 });

let plane: ControlPlane;
let client: KubeClient;
let leases = 0;
const children: ChildProcess[] = [];

beforeAll(async () => {
  plane = await startControlPlane();
  client = KubeClient.open({ kind: 'kubeconfig', path: plane.kubeconfig, context: undefined });
}, 120_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await plane[Symbol.asyncDispose]();
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function newName(): string {
  leases += 1;
  return `lease-${leases}`;
}

/** A candidate in a process of its own, and what it has told so far. */
function candidate(name: string, identity: string) {
  const child = spawn(process.execPath, [PROGRAM, plane.kubeconfig, NAMESPACE, name, identity], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const told: string[] = [];
  createInterface(child.stdout).on('line', (line) => told.push(line));
  const tells = (line: string) => condition(`${identity} tells "${line}"`, () => told.includes(line));
  return { child, told, tells };
}

const at = (name: string) => ({ namespace: NAMESPACE, name });

const lease = async (name: string) => parseLease(await client.get(LEASES, at(name)));

/** One that leads, and one that waits. */
async function pair() {
  const name = newName();
  const first = candidate(name, 'first/1.2.3.4:7400/a');
  await first.tells('leads');
  const second = candidate(name, 'second/1.2.3.5:7400/b');
  await second.tells('waits for first/1.2.3.4:7400/a');
  return { name, first, second };
}

/** Milliseconds until it holds. */
async function timeUntil(holds: Promise<void>): Promise<number> {
  const begin = performance.now();
  await holds;
  return performance.now() - begin;
}

const TAKEOVER_MS_MAX = LEASE_DURATION_MS + 2_000;

test('the one leads and renews, the other waits, until the first gives it back', async () => {
  const { name, first, second } = await pair();
  const before = await lease(name);
  await condition('it is renewed', async () => (await lease(name))?.renewedAt !== before?.renewedAt);
  expect(second.told).toEqual(['waits for first/1.2.3.4:7400/a']);
  first.child.kill('SIGTERM');
  expect(await timeUntil(second.tells('leads'))).toBeLessThan(2_000);
  expect(await lease(name)).toMatchObject({ holder: 'second/1.2.3.5:7400/b', durationMs: LEASE_DURATION_MS });
});

test('kill -9 of the leader: the next leads within the duration and two seconds', async () => {
  const { first, second } = await pair();
  first.child.kill('SIGKILL');
  const takeoverMs = await timeUntil(second.tells('leads'));
  expect(takeoverMs).toBeLessThan(TAKEOVER_MS_MAX);
  // Not before its time either, counted from the last renewal.
  expect(takeoverMs).toBeGreaterThan(LEASE_DURATION_MS - 2_000);
});

test('a leader that is stopped is superseded, and knows it before it does anything', {
  timeout: 60_000,
}, async () => {
  const { name, first, second } = await pair();
  first.child.kill('SIGSTOP');
  expect(await timeUntil(second.tells('leads'))).toBeLessThan(TAKEOVER_MS_MAX);
  expect(first.told).toEqual(['leads']);
  first.child.kill('SIGCONT');
  await first.tells('lost to second/1.2.3.5:7400/b');
  expect(first.told[1]).toBe('uncertain');
  expect(first.told).not.toContain('certain');
  expect((await lease(name))?.holder).toBe('second/1.2.3.5:7400/b');
});

test('stopped for less than its time it goes on', async () => {
  const { name, first, second } = await pair();
  first.child.kill('SIGSTOP');
  const stopped = performance.now();
  await condition('a second has gone by', () => performance.now() - stopped > 1_000);
  first.child.kill('SIGCONT');
  const before = await lease(name);
  await condition('it is renewed', async () => (await lease(name))?.renewedAt !== before?.renewedAt);
  expect(first.told).toEqual(['leads']);
  expect(second.told).toHaveLength(1);
});

test('the API server away for 20 s: the leader is in doubt, and goes on', { timeout: 120_000 }, async () => {
  const { name, first, second } = await pair();
  await plane.kill();
  const gone = performance.now();
  await first.tells('uncertain');
  await condition('it says why', () => first.told.some((line) => line.startsWith('trouble: update leases')));
  await condition('20 s have gone by', () => performance.now() - gone > 20_000);
  await plane.start();
  await first.tells('certain');
  await first.tells('no trouble');
  const before = await lease(name);
  await condition('it is renewed', async () => (await lease(name))?.renewedAt !== before?.renewedAt);
  expect(second.told).not.toContain('leads');
  // And that one still watches.
  first.child.kill('SIGTERM');
  await second.tells('leads');
});

test('a leader that dies while the API server is away is superseded after its return', {
  timeout: 120_000,
}, async () => {
  const { first, second } = await pair();
  await plane.kill();
  first.child.kill('SIGKILL');
  await plane.start();
  expect(await timeUntil(second.tells('leads'))).toBeLessThan(TAKEOVER_MS_MAX + 2_000);
});

test('a Lease that is deleted under its holder is created anew by it, and nobody else leads', async () => {
  const { name, first, second } = await pair();
  await client.delete(LEASES, at(name));
  await condition('it is there again', async () => {
    const record = parseLease(await client.get(LEASES, at(name)).catch(() => undefined));
    return record?.holder === 'first/1.2.3.4:7400/a';
  });
  expect(first.told).toEqual(['leads']);
  expect(second.told).toHaveLength(1);
});

test('deleted after its holder has died, it is created anew by the next', async () => {
  const { name, first, second } = await pair();
  first.child.kill('SIGKILL');
  await client.delete(LEASES, at(name));
  await second.tells('leads');
});

test('another label is no lost lead', async () => {
  const { name, first, second } = await pair();
  await client.patch(LEASES, at(name), { kind: 'merge', body: { metadata: { labels: { team: 'daq' } } } });
  const before = await lease(name);
  await condition('it is renewed', async () => (await lease(name))?.renewedAt !== before?.renewedAt);
  expect((await lease(name))?.metadata['labels']).toEqual({ team: 'daq' });
  expect(first.told).toEqual(['leads']);
  expect(second.told).toHaveLength(1);
});

test('a stranger that holds it is named, and waited for as long as it says', async () => {
  const name = newName();
  const stranger = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name },
    spec: { holderIdentity: 'another program', leaseDurationSeconds: 3_600 },
  };
  await client.create(LEASES, { namespace: NAMESPACE }, stranger);
  const ours = candidate(name, 'ours/1.2.3.4:7400/a');
  await ours.tells('waits for another program');
  expect((await lease(name))?.holder).toBe('another program');
  // It gives up its claim.
  await client.patch(LEASES, at(name), { kind: 'merge', body: { spec: { holderIdentity: null } } });
  await ours.tells('leads');
});

test('a stranger that holds the Lease of the coordinators is told by an Event of it, once', async () => {
  const where = { namespace: NAMESPACE, name: LEASE_NAME };
  const stranger = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: LEASE_NAME },
    spec: { holderIdentity: 'another program', leaseDurationSeconds: 3_600 },
  };
  await client.create(LEASES, { namespace: NAMESPACE }, stranger);
  const go = (life: string) =>
    electionOf({
      client,
      namespace: NAMESPACE,
      ownPod: undefined,
      address: '127.0.0.1:1',
      life,
      clock: systemClock,
      random: Math.random,
      log: pino({ level: 'silent' }),
      onLost: () => undefined,
      onFatal: (error) => {
        throw error;
      },
    });
  await using first = go('a');
  await using second = go('b');
  await condition('both wait', () => [first, second].every((each) => each.holder() === 'another program'));
  await noted(client, where, 'held by "another program", which is no coordinator of Baton, so nobody leads');
  await client.patch(LEASES, where, { kind: 'merge', body: { spec: { holderIdentity: null } } });
  await Promise.race([first.elected, second.elected]);
  expect(await eventsOf(client, where)).toHaveLength(1);
});
