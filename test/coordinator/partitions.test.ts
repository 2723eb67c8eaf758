import { pino } from 'pino';
import { expect, test } from 'vitest';
import { chosen, type Partitions } from '../../coordinator/api/partitions.ts';
import type { Progress } from '../../coordinator/api/scaling.ts';
import { coordinatorService } from '../../coordinator/api/service.ts';
import { partitionSummary } from '../../coordinator/api/view.ts';
import { systemClock } from '../../coordinator/clock.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { type Leading, leadPartition } from '../../coordinator/leading.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { ListPartitionsResponse__Output } from '../../protos/generated/baton/v1/ListPartitionsResponse.ts';
import type { ScaleResponse__Output } from '../../protos/generated/baton/v1/ScaleResponse.ts';
import { serve } from '../../protos/serve.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { finished, START, submit, troubleOf } from './calls.ts';
import { obedientSidecar } from './obedient.ts';
import { type Client, clientOf, fixedPlaces, partitionOf, rig } from './rig.ts';

const log = pino({ level: 'silent' });

type TwoLed = AsyncDisposable & { readonly client: Client; readonly all: readonly Leading[] };

/** One server that leads `daq` in two namespaces, each of one readout. */
async function twoLed(scaling?: Partitions['scaling']): Promise<TwoLed> {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(temporaryDirectory());
  const all: Leading[] = [];
  for (const namespace of ['surface', 'underground']) {
    const sidecar = stack.use(await obedientSidecar('readout-0'));
    const place = directory.file(`${namespace}.db`);
    const leading = await leadPartition({
      partition: partitionOf(1),
      namespace,
      heartbeatMs: 60_000,
      journal: openSqliteJournal(place),
      place,
      discovery: fixedPlaces([sidecar]),
      clock: systemClock,
      log,
      onFatal: (error) => {
        throw error;
      },
    });
    all.push(stack.use(leading));
  }
  const partitions: Partitions = {
    find: (name) => chosen(all, name),
    list: () => all.map(({ core, namespace }) => partitionSummary(core, namespace)),
    scaling,
  };
  const services = [coordinatorService(partitions, log)];
  const serving = stack.use(await serve({ listen: '127.0.0.1:0', insecureListen: false, services }));
  const client = stack.use(clientOf(serving.address));
  const connected = () => all.every(({ core }) => [...core.fleet.values()].every((o) => o.connected));
  await condition('all are connected', connected);
  return { client, all, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('one coordinator leads several partitions, each with operations of its own', async () => {
  await using world = await twoLed();
  const { client, all } = world;
  await submit(client, { operationId: 'op-1', command: START, partition: 'underground/daq' });
  await condition('it ends', () => all[1]?.core.journal.finished.length === 1);
  expect(all.map(({ core }) => core.journal.operationNumber)).toEqual([0, 1]);
  const { partitions } = await client.ask<ListPartitionsResponse__Output>((stub, done) =>
    stub.listPartitions({}, done),
  );
  expect(partitions).toMatchObject([
    { name: 'daq', namespace: 'surface', state: 'idle', runNumber: 0 },
    { name: 'daq', namespace: 'underground', state: 'running', runNumber: 1 },
  ]);
});

test('a namespace with one partition names it', async () => {
  await using world = await twoLed();
  await submit(world.client, { operationId: 'op-1', command: START, partition: 'surface/' });
  expect(world.all.map(({ core }) => core.journal.operationNumber)).toEqual([1, 0]);
  const trouble = await troubleOf(
    submit(world.client, { operationId: 'op-2', command: START, partition: 'sky/' }),
  );
  expect(trouble.code).toBe('UNKNOWN_PARTITION');
});

test('a name that may mean several partitions is refused, with the names that do not', async () => {
  await using world = await twoLed();
  const { client } = world;
  for (const partition of ['', 'daq']) {
    const trouble = await troubleOf(submit(client, { operationId: 'op-1', command: START, partition }));
    expect(trouble.code).toBe('MALFORMED');
    expect(trouble.problems).toEqual([
      { path: 'partition', want: 'one of surface/daq, underground/daq', got: `"${partition}"` },
    ]);
  }
  expect(world.all.map(({ core }) => core.journal.operationNumber)).toEqual([0, 0]);
});

test('on one machine its partition is called by its name or by nothing, in every call', async () => {
  await using world = await rig(1);
  const { client } = world;
  const partition = 'daqq';
  const calls = [
    submit(client, { operationId: 'op-1', command: START, partition }),
    client.ask((stub, done) => stub.plan({ command: START, partition }, done)),
    client.ask((stub, done) => stub.cancel({ partition }, done)),
    client.ask((stub, done) => stub.getPartition({ partition }, done)),
    client.ask((stub, done) => stub.getMachine({ partition }, done)),
    client.ask((stub, done) => stub.listOperations({ partition }, done)),
    client.ask((stub, done) => stub.listRuns({ partition }, done)),
    client.ask((stub, done) => stub.reportPod({ target: 'readout-0', podUid: 'u', partition }, done)),
    client.ask((_, done) => {
      client.stub.watch({ partition }).on('error', done).resume();
    }),
  ];
  for (const call of calls) {
    const trouble = await troubleOf(call);
    expect(trouble.code).toBe('UNKNOWN_PARTITION');
    expect(trouble.message).toContain('did you mean daq?');
  }
  await submit(client, { operationId: 'op-2', command: START, partition: 'daq' });
  await finished(client, 'op-2');
});

test('a coordinator without partitions says so', () => {
  expect(() => chosen([], '')).toThrow('leads no partition yet');
});

/** All that Scale tells, and the trouble that it ends in. */
async function scaled(client: Client, segment: string): Promise<{ told: string[]; trouble: unknown }> {
  const told: string[] = [];
  const call = client.stub.scale({ partition: 'surface/daq', segment, members: 2, operator: 'crew' });
  call.on('data', ({ kind, sentence }: ScaleResponse__Output) => told.push(`${kind} ${sentence}`));
  const ended = client.ask<object>((_, done) => call.on('error', done).on('end', () => done(null, {})));
  const trouble = await ended.then(
    () => undefined,
    (error: unknown) => error,
  );
  return { told, trouble };
}

test('what a cluster does to scale is told step by step, its trouble last', async () => {
  async function* scale(leading: Leading, asked: object): AsyncGenerator<Progress> {
    yield { kind: 'plan', sentence: `${leading.namespace} ${JSON.stringify(asked)}` };
    throw new RunControlError('REFUSED', 'helm owns replicas');
  }
  await using world = await twoLed({ scale, rollout: scale });
  const { told, trouble } = await scaled(world.client, 'readout');
  const asked = '{"segment":"readout","dryRun":false,"operator":"crew","members":2}';
  expect(told).toEqual([`PROGRESS_KIND_PLAN surface ${asked}`]);
  expect(trouble).toMatchObject({ code: 'REFUSED', message: 'helm owns replicas' });
  const wrong = await scaled(world.client, 'reedout');
  expect(wrong.trouble).toMatchObject({ code: 'MALFORMED', problems: [{ path: 'segment' }] });
});

test('without a cluster the document is what to change', async () => {
  await using world = await twoLed();
  const { trouble } = await scaled(world.client, 'readout');
  expect(trouble).toMatchObject({ code: 'REFUSED' });
  expect(String(trouble)).toContain('change `members`');
});

test('scaling ends once nobody listens to it', async () => {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  async function* scale(_: Leading, __: object, signal: AbortSignal): AsyncGenerator<Progress> {
    signal.addEventListener('abort', () => resolve());
    yield { kind: 'plan', sentence: 'long' };
    await aborted;
  }
  await using world = await twoLed({ scale, rollout: scale });
  const call = world.client.stub.rollout({ partition: 'surface/daq', segment: 'readout' });
  call.on('error', () => undefined);
  call.on('data', () => call.cancel());
  await aborted;
});
