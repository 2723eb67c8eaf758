// The real coordinator with real sidecars: what each side's own tests cannot show is that they agree.

import { pino } from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../coordinator/clock.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import type { Command } from '../../protos/generated/baton/v1/Command.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { type Rig as SidecarRig, rig as sidecarRig } from '../sidecar/rig.ts';
import { type Client, clientOf, partitionOf } from './rig.ts';

const MEMBERS = 2;

type World = AsyncDisposable & {
  readonly sidecars: readonly SidecarRig[];
  readonly client: Client;
  /** A new coordinator after the old one has stopped; on another journal if one is named. */
  restart(journal?: string): Promise<void>;
};

async function world(): Promise<World> {
  const directory = temporaryDirectory();
  const sidecars = await Promise.all(
    Array.from({ length: MEMBERS }, (_, ordinal) => sidecarRig({ ordinal, podUid: `pod-${ordinal}` })),
  );
  // Asked anew each time: a sidecar that starts again listens somewhere else.
  const places = () =>
    new Map(
      sidecars.map(({ sidecar, config }) => [
        `readout-${config.ordinal}`,
        { address: sidecar.grpc, podUid: config.podUid },
      ]),
    );
  const start = (journal = 'journal.db') =>
    Coordinator.start({
      partition: partitionOf(MEMBERS),
      heartbeatMs: 500,
      journal: directory.file(journal),
      discovery: { places, onChange: () => undefined, [Symbol.dispose]: () => undefined },
      listen: '127.0.0.1:0',
      insecureListen: false,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      onFatal: (error) => {
        throw error;
      },
    });
  let coordinator = await start();
  let client = clientOf(coordinator.address);
  const isReady = async () => (await client.partition()).targets.every((target) => target.attached);
  await coordinator.leads;
  await condition('all are attached', isReady);
  return {
    sidecars,
    get client() {
      return client;
    },
    restart: async (journal) => {
      client[Symbol.dispose]();
      await coordinator[Symbol.asyncDispose]();
      coordinator = await start(journal);
      client = clientOf(coordinator.address);
      await coordinator.leads;
    },
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      await coordinator[Symbol.asyncDispose]();
      for (const sidecar of sidecars) await sidecar[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}

async function submit(client: Client, operationId: string, command: Command): Promise<void> {
  await client.ask((stub, done) => stub.submit({ operationId, command }, done));
}

async function ended(client: Client, id: string): Promise<Operation__Output> {
  const present = async () => (await client.partition()).operation;
  await condition(`${id} ends`, async () => {
    const operation = await present();
    return operation?.id === id && operation.status !== 'OPERATION_STATUS_OPEN';
  });
  const operation = await present();
  if (operation === null) throw new Error('it is the last one');
  return operation;
}

test('a run is taken, and stopped by another coordinator than the one that started it', async () => {
  await using daq = await world();
  await submit(daq.client, 'up', { sequence: 'start_run' });
  expect(await ended(daq.client, 'up')).toMatchObject({ status: 'OPERATION_STATUS_SUCCEEDED', troubles: [] });
  expect(await daq.client.partition()).toMatchObject({ state: 'running', run: { number: 1 } });
  await daq.restart();
  await condition('it sees them', async () => (await daq.client.partition()).state === 'running');
  await submit(daq.client, 'down', { sequence: 'stop_run' });
  expect(await ended(daq.client, 'down')).toMatchObject({
    status: 'OPERATION_STATUS_SUCCEEDED',
    troubles: [],
  });
  expect(await daq.client.partition()).toMatchObject({
    state: 'idle',
    epoch: 2,
    run: { status: 'RUN_STATUS_CLEAN' },
  });
  for (const { process } of daq.sidecars) {
    expect(process.performed.map(({ request }) => [request.transition, request.runNumber])).toEqual([
      ['start', 1],
      ['stop', 1],
    ]);
  }
});

test('P2: a coordinator that dies while a hook runs finds its answer, and the hook ran once', async () => {
  await using daq = await world();
  for (const { process } of daq.sidecars) process.behaviour = 'hang';
  await submit(daq.client, 'up', { transition: 'start' });
  await condition('both hooks run', () =>
    daq.sidecars.every(({ process }) => process.performed.length === 1),
  );
  await daq.restart();
  await condition('it sees the hook', async () =>
    (await daq.client.partition()).targets.every((target) => target.doing === 'start'),
  );
  for (const { process } of daq.sidecars) {
    process.state = 'running';
    process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
  }
  expect(await ended(daq.client, 'up')).toMatchObject({ status: 'OPERATION_STATUS_SUCCEEDED', number: 1 });
  for (const { process } of daq.sidecars) expect(process.performed.length).toBe(1);
});

test('a sidecar that starts again between two operations is found, and has forgotten nothing', async () => {
  await using daq = await world();
  await submit(daq.client, 'up', { transition: 'start' });
  await ended(daq.client, 'up');
  const before = (await daq.client.partition()).targets[1]?.incarnation;
  await daq.sidecars[1]?.restart();
  await condition('it is back', async () => {
    const target = (await daq.client.partition()).targets[1];
    return target?.connected === true && target.state === 'running' && target.attached;
  });
  expect((await daq.client.partition()).targets[1]?.incarnation).toBe(before);
  await submit(daq.client, 'down', { transition: 'stop' });
  expect(await ended(daq.client, 'down')).toMatchObject({ status: 'OPERATION_STATUS_SUCCEEDED' });
});

test('a process that refuses and one that fails are told with their words', async () => {
  await using daq = await world();
  const [first, second] = daq.sidecars;
  if (first === undefined || second === undefined) throw new Error('there are two');
  first.process.behaviour = 'refuse';
  second.process.behaviour = 'fail';
  await submit(daq.client, 'up', { transition: 'start' });
  const { status, troubles } = await ended(daq.client, 'up');
  expect(status).toBe('OPERATION_STATUS_FAILED');
  expect(troubles.map(({ target, kind }) => [target, kind]).sort()).toEqual([
    ['readout-0', 'refused'],
    ['readout-1', 'failed'],
  ]);
  expect(troubles.every(({ cause }) => cause !== '')).toBe(true);
  second.process.behaviour = 'hang';
  await submit(daq.client, 'mend', { recover: {} });
  await condition('recover runs', () => second.process.performed.at(-1)?.request.transition === 'recover');
  const recover = second.process.performed.at(-1);
  if (recover === undefined) throw new Error('it runs');
  // The fake goes where it is told to, and recover leaves that to the process.
  recover.request.to = 'idle';
  recover.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'idle' });
  expect(await ended(daq.client, 'mend')).toMatchObject({
    status: 'OPERATION_STATUS_SUCCEEDED',
    troubles: [],
  });
  expect((await daq.client.partition()).targets.map((target) => target.inError)).toEqual([false, false]);
});

test('a pod that is deleted in a run leads to an ordered stop of the whole run, then its hook is answered', async () => {
  await using daq = await world();
  await submit(daq.client, 'up', { transition: 'start' });
  await ended(daq.client, 'up');
  const { client, sidecars } = daq;
  await client.ask((stub, done) =>
    stub.reportPod({ target: 'readout-0', podUid: 'pod-0', phase: 'POD_PHASE_DELETING' }, done),
  );
  const hook = sidecars[0]?.get('/prestop', { 'X-Baton-PreStop': '1' });
  await condition(
    'the run is over',
    async () => (await client.partition()).run?.status !== 'RUN_STATUS_OPEN',
  );
  expect(await client.partition()).toMatchObject({
    run: { number: 1, status: 'RUN_STATUS_CLEAN' },
    operation: { status: 'OPERATION_STATUS_SUCCEEDED', operator: 'coordinator' },
  });
  expect(await hook).toMatch(/^200/);
  for (const { process } of sidecars) {
    expect(process.performed.map(({ request }) => request.transition)).toEqual(['start', 'stop']);
  }
});

test('sidecars of another journal are left alone until an operator adopts them', async () => {
  await using daq = await world();
  await submit(daq.client, 'up', { transition: 'start' });
  await ended(daq.client, 'up');
  await daq.restart('another.db');
  const { client } = daq;
  // Each is welcomed and let go, again and again: they need not be connected in the same moment.
  await condition('it knows whose they are', async () =>
    (await client.partition()).targets.every(({ trouble }) => /another journal .* commands it/.test(trouble)),
  );
  await expect(submit(client, 'down', { transition: 'stop' })).rejects.toMatchObject({ code: 'REFUSED' });
  await submit(client, 'take', { adopt: { targets: ['readout'] } });
  expect(await ended(client, 'take')).toMatchObject({ status: 'OPERATION_STATUS_SUCCEEDED' });
  await condition('they are ours', async () => (await client.partition()).state === 'running');
  await submit(client, 'down', { transition: 'stop' });
  expect(await ended(client, 'down')).toMatchObject({ status: 'OPERATION_STATUS_SUCCEEDED' });
});
