// Who may command a coordinator in a cluster, as a real API server decides it by tokens and RBAC.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVICE_ACCOUNTS } from '../../../coordinator/cluster/client/resource.ts';
import type { GetCallerResponse__Output } from '../../../protos/generated/baton/v1/GetCallerResponse.ts';
import type { ListPartitionsResponse__Output } from '../../../protos/generated/baton/v1/ListPartitionsResponse.ts';
import type { WatchResponse__Output } from '../../../protos/generated/baton/v1/WatchResponse.ts';
import { health } from '../../coordinator/health.ts';
import type { Client } from '../../coordinator/rig.ts';
import { condition } from '../../sidecar/condition.ts';
import { reflected } from '../../sidecar/reflected.ts';
import {
  type Account,
  type Callers,
  HOME,
  look,
  NAMESPACE,
  openCallers,
  PARTITION,
  startRun,
  submit,
} from './callers.ts';
import { pauseWhole } from './things.ts';
import { resigned, takeBack, tokenOf } from './tokens.ts';

const START = { transition: 'start', argumentsJson: '{}' };

let callers: Callers;
const as = (name: Account): Client => callers.as(name);
const withToken = (token: string | undefined): Client => callers.withToken(token);

beforeAll(async () => {
  callers = await openCallers();
}, 120_000);

afterAll(async () => callers?.[Symbol.asyncDispose]());

/** What a stream tells first, or the error with which it ends. */
async function watched(caller: Client): Promise<WatchResponse__Output> {
  const { promise, resolve, reject } = Promise.withResolvers<WatchResponse__Output>();
  const stream = caller.stub.watch({ partition: PARTITION });
  stream.once('data', (first: WatchResponse__Output) => {
    stream.cancel();
    resolve(first);
  });
  stream.once('error', reject);
  return promise.finally(() => stream.on('error', () => undefined));
}

const missing = (verb: string, name: string) => ({
  code: 'NOT_ALLOWED',
  message: expect.stringContaining(
    `system:serviceaccount:default:${name} may not ${verb} partition ${PARTITION}: the verb ${verb} on partitions/control of baton.dev in namespace ${NAMESPACE} is missing`,
  ),
});

test('without a token nobody may anything, though the call comes from this machine', async () => {
  for (const caller of [withToken(undefined), withToken(''), withToken('a b')]) {
    await expect(look(caller)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(watched(caller)).rejects.toMatchObject({ code: 7 });
    await expect(submit(caller, START, 'op-none')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  }
  await expect(look(withToken(undefined))).rejects.toMatchObject({
    message: expect.stringContaining('wants a token with each call'),
    facts: { next: expect.stringContaining('--audience=baton.dev') },
  });
});

test('what is no token, is meant for somebody else, has expired or is signed by another is refused', async () => {
  const good = callers.token('admin');
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const bad = {
    garbage: 'garbage',
    long: 'x'.repeat(9_000),
    'for the API server': await tokenOf(
      callers.client,
      'default',
      'admin',
      'https://kubernetes.default.svc.cluster.local',
    ),
    'for another': await tokenOf(callers.client, HOME, 'admin', 'vault'),
    expired: resigned(good, { exp: nowSeconds - 60 }, callers.plane.serviceAccountKey),
    'spoilt signature': `${header}.${payload}.${[...signature].reverse().join('')}`,
  };
  // That the claims were changed is not what is wrong with the expired one.
  await look(withToken(resigned(good, { exp: nowSeconds + 60 }, callers.plane.serviceAccountKey)));
  for (const [what, token] of Object.entries(bad)) {
    const refused = await look(withToken(token)).catch((error: unknown) => error);
    expect([what, refused]).toMatchObject([what, { code: 'NOT_ALLOWED' }]);
    expect(String(refused)).toContain('the token is not taken: ');
    if (token !== 'garbage') expect(String(refused)).not.toContain(token);
  }
}, 60_000);

test('a viewer may look, and not command', async () => {
  const viewer = as('viewer');
  await look(viewer);
  expect((await watched(viewer)).snapshot?.name).toBe('daq');
  await expect(submit(viewer, START, 'op-viewer')).rejects.toMatchObject(missing('operate', 'viewer'));
  await expect(submit(viewer, START, 'op-viewer')).rejects.toMatchObject({
    facts: {
      next: `whoever administers namespace ${NAMESPACE} grants it: kubectl create rolebinding baton-operator-binding --namespace ${NAMESPACE} --clusterrole baton-operator --serviceaccount default:viewer`,
    },
  });
  const cancel = viewer.ask((stub, done) => stub.cancel({ partition: PARTITION }, done));
  await expect(cancel).rejects.toMatchObject(missing('operate', 'viewer'));
});

test('an operator may command, and not overrule; an administrator may', async () => {
  const gone = { declareGone: { targets: ['readout-0'] } };
  await expect(submit(as('operator'), gone, 'op-force')).rejects.toMatchObject(missing('force', 'operator'));
  // It may be asked, and is then refused for what it is.
  await expect(submit(as('admin'), gone, 'op-admin')).rejects.toMatchObject({ code: 'REFUSED' });
  const report = {
    partition: PARTITION,
    target: 'readout-0',
    podUid: 'x',
    phase: 'POD_PHASE_ENDED',
  } as const;
  const reported = as('operator').ask((stub, done) => stub.reportPod(report, done));
  await expect(reported).rejects.toMatchObject(missing('force', 'operator'));
  await startRun(as('operator'), 'op-start');
});

test('a stranger sees nothing, and is told no name', async () => {
  const stranger = as('stranger');
  await expect(look(stranger)).rejects.toMatchObject(missing('view', 'stranger'));
  for (const wanted of ['', 'daq', 'other']) {
    const refused = await look(stranger, wanted).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'NOT_ALLOWED', message: expect.not.stringContaining(NAMESPACE) });
  }
  const listed = (caller: Client) =>
    caller.ask<ListPartitionsResponse__Output>((stub, done) => stub.listPartitions({}, done));
  expect((await listed(stranger)).partitions).toEqual([]);
  expect((await listed(as('viewer'))).partitions).toMatchObject([{ name: 'daq', namespace: NAMESPACE }]);
  // Who may look is told what there is.
  await expect(look(as('viewer'), 'dak')).rejects.toMatchObject({
    code: 'UNKNOWN_PARTITION',
    message: expect.stringContaining(`did you mean daq?`),
  });
});

test('what may be done is told to whoever asks', async () => {
  const caller = (name: Account, partition: string) =>
    as(name).ask<GetCallerResponse__Output>((stub, done) => stub.getCaller({ partition }, done));
  const verbs = async (name: Account, partition = PARTITION) =>
    (await caller(name, partition)).permissions.filter(({ allowed }) => allowed).map(({ verb }) => verb);
  expect(await verbs('stranger')).toEqual([]);
  expect(await verbs('viewer', '')).toEqual(['view']);
  expect(await verbs('operator', 'daq')).toEqual(['view', 'operate']);
  expect(await verbs('admin', `${NAMESPACE}/`)).toEqual(['view', 'operate', 'force']);
  expect((await caller('viewer', '')).name).toBe('system:serviceaccount:default:viewer');
});

test('reflection wants a token too, and health does not', async () => {
  await expect(reflected(callers.daq.address, { listServices: '' })).rejects.toThrow('wants a token');
  expect(await health(callers.daq.address)).toEqual(['SERVING', 'SERVING']);
});

test('a token whose account is gone works no more', async () => {
  const leaving = as('leaving');
  await look(leaving);
  await callers.client.delete(SERVICE_ACCOUNTS, { namespace: HOME, name: 'leaving' });
  await condition('it is refused', () =>
    look(leaving).then(
      () => false,
      (error: unknown) => error instanceof Error && error.message.includes('the token is not taken'),
    ),
  );
}, 60_000);

test('a watch ends when the right to it is taken back', async () => {
  const first = Promise.withResolvers<unknown>();
  let error: unknown;
  const stream = as('guest').stub.watch({ partition: PARTITION });
  stream.on('data', first.resolve);
  stream.on('error', (found) => {
    error = found;
  });
  await first.promise;
  const watcher = { kind: 'ServiceAccount', name: 'guest', namespace: HOME };
  await takeBack(callers.client, NAMESPACE, watcher, 'baton-viewer');
  // It is asked again with what there is to tell.
  const operator = as('operator');
  let attempt = 0;
  await condition('there is something to tell, and the watch is ended', async () => {
    attempt += 1;
    const sequence = attempt % 2 === 0 ? 'start_run' : 'stop_run';
    await submit(operator, { sequence }, `op-guest-${attempt}`).catch(() => undefined);
    return error !== undefined;
  });
  expect(error).toMatchObject({ code: 7 });
}, 60_000);

test('while the API server is away who was allowed goes on, and nobody else comes in', async () => {
  await look(as('viewer'));
  await pauseWhole(callers.plane, callers.client);
  try {
    await look(as('viewer'));
    await expect(look(as('late'))).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('it is not known who calls, since the API server could not be asked'),
    });
    // Nobody waits again for what has just not answered.
    await expect(look(as('late'))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const said = await callers.type('status --timeout 8s', 'late');
    expect(said).toMatchObject({ code: 4, err: expect.stringContaining('could not be asked') });
  } finally {
    callers.plane.resume();
  }
  const late = as('late');
  await condition('it is let in', () =>
    look(late).then(
      () => true,
      () => false,
    ),
  );
}, 60_000);
