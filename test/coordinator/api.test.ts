import { once } from 'node:events';
import { credentials, makeClientConstructor } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../coordinator/clock.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Command } from '../../protos/generated/baton/v1/Command.ts';
import type { GetMachineResponse__Output } from '../../protos/generated/baton/v1/GetMachineResponse.ts';
import type { ListOperationsResponse__Output } from '../../protos/generated/baton/v1/ListOperationsResponse.ts';
import type { ListRunsResponse__Output } from '../../protos/generated/baton/v1/ListRunsResponse.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { ReportPodRequest } from '../../protos/generated/baton/v1/ReportPodRequest.ts';
import type { SubmitRequest } from '../../protos/generated/baton/v1/SubmitRequest.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { type Client, clientOf, fixedPlaces, partitionOf, rig } from './rig.ts';

const PARTS = {
  partition: partitionOf(0),
  heartbeatMs: 60_000,
  discovery: fixedPlaces([]),
  listen: '127.0.0.1:0',
  insecureListen: false,
  clock: systemClock,
  log: pino({ level: 'silent' }),
  onFatal: (error: unknown) => {
    throw error;
  },
};

/** What grpc.health.v1 says of the server and of the coordinator. */
async function health(address: string): Promise<readonly unknown[]> {
  const client = new HealthClient(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const check = (service: string) =>
    new Promise((resolve, reject) => {
      client['Check']?.({ service }, (error: Error | null, answer: { status: string }) =>
        error === null ? resolve(answer.status) : reject(error),
      );
    });
  const answers = await Promise.all([check(''), check('baton.v1.Coordinator')]);
  client.close();
  return answers;
}

const HealthClient = makeClientConstructor(healthService, 'grpc.health.v1.Health');

const START: Command = { transition: 'start' };

async function submit(client: Client, request: SubmitRequest): Promise<Operation__Output> {
  const { operation } = await client.ask<{ operation: Operation__Output | null }>((stub, done) =>
    stub.submit(request, done),
  );
  if (operation === null) throw new Error('an operation is told');
  return operation;
}

async function listed(client: Client, limit = 0): Promise<readonly Operation__Output[]> {
  const { operations } = await client.ask<ListOperationsResponse__Output>((stub, done) =>
    stub.listOperations({ limit }, done),
  );
  return operations;
}

async function finished(client: Client, id: string): Promise<Operation__Output> {
  const find = async () => (await listed(client)).find((operation) => operation.id === id);
  await condition(`${id} ends`, async () => (await find())?.status !== 'OPERATION_STATUS_OPEN');
  const found = await find();
  if (found === undefined) throw new Error(`${id} is remembered`);
  return found;
}

/** The trouble that a call ends in. */
async function troubleOf(call: Promise<unknown>): Promise<RunControlError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RunControlError) return error;
    throw error;
  }
  throw new Error('there was no trouble');
}

test('an operation is accepted, carried out, and told by every call', async () => {
  await using world = await rig(2);
  const { client } = world;
  const before = await client.partition();
  expect(before).toMatchObject({
    name: 'daq',
    state: 'idle',
    machine: 'minimal',
    epoch: 1,
    operation: null,
    run: null,
  });
  expect(before.allowedNow).toContain('start');
  expect(before.targets.map((target) => target.target)).toEqual(['readout-0', 'readout-1']);
  expect(before.targets[0]).toMatchObject({
    state: 'idle',
    attached: true,
    address: world.sidecars[0]?.address,
  });
  const accepted = await submit(client, { operationId: 'op-1', command: START, operator: 'crew' });
  expect(accepted).toMatchObject({ id: 'op-1', number: 1, operator: 'crew', runNumber: 1 });
  expect(await finished(client, 'op-1')).toMatchObject({
    status: 'OPERATION_STATUS_SUCCEEDED',
    steps: [
      {
        transition: 'start',
        waves: [
          {
            groups: [{ segment: 'readout', ordinals: [{ first: 0, last: 1 }], from: 'idle', to: 'running' }],
          },
        ],
      },
    ],
    troubles: [],
    command: { transition: 'start', argumentsJson: '{}' },
  });
  const during = await client.partition();
  expect(during).toMatchObject({
    state: 'running',
    operationNumber: 1,
    run: { number: 1, status: 'RUN_STATUS_OPEN' },
  });
  await submit(client, { operationId: 'op-2', command: { goTo: 'idle' } });
  await finished(client, 'op-2');
  const { runs } = await client.ask<ListRunsResponse__Output>((stub, done) => stub.listRuns({}, done));
  expect(runs).toMatchObject([{ number: 1, status: 'RUN_STATUS_CLEAN', cause: '' }]);
  expect((await listed(client)).map((operation) => operation.id)).toEqual(['op-2', 'op-1']);
  expect((await listed(client, 1)).map((operation) => operation.id)).toEqual(['op-2']);
});

test('P7: the same id and body get the same answer; another body is refused without effect', async () => {
  await using world = await rig(1);
  const { client, sidecars } = world;
  await submit(client, { operationId: 'op-1', command: START });
  const first = await finished(client, 'op-1');
  expect(await submit(client, { operationId: 'op-1', command: START })).toEqual(first);
  expect(
    await troubleOf(submit(client, { operationId: 'op-1', command: { transition: 'stop' } })),
  ).toMatchObject({
    code: 'ID_REUSED',
  });
  expect(sidecars[0]?.asked.length).toBe(1);
});

test('P5: a second operation is told which one is open, and has no effect', async () => {
  await using world = await rig(1);
  const { client, sidecars } = world;
  sidecars[0]?.hold();
  await submit(client, { operationId: 'op-1', command: START });
  const busy = await troubleOf(submit(client, { operationId: 'op-2', command: START }));
  expect(busy).toMatchObject({ code: 'BUSY', retryable: true });
  expect(busy.message).toContain('op-1');
  sidecars[0]?.goOn();
  await finished(client, 'op-1');
  expect((await listed(client)).length).toBe(1);
});

test('P18: a cancelled operation settles its wave and ends cancelled', async () => {
  await using world = await rig(1);
  const { client, sidecars } = world;
  expect(await troubleOf(client.ask((stub, done) => stub.cancel({}, done)))).toMatchObject({
    code: 'REFUSED',
  });
  sidecars[0]?.hold();
  await submit(client, { operationId: 'op-1', command: START });
  await client.ask((stub, done) => stub.cancel({ operationId: 'op-1' }, done));
  expect(await finished(client, 'op-1')).toMatchObject({
    status: 'OPERATION_STATUS_CANCELLED',
    cancelRequested: true,
    troubles: [{ target: 'readout-0', kind: 'settled' }],
  });
  expect(
    await troubleOf(client.ask((stub, done) => stub.cancel({ operationId: 'op-9' }, done))),
  ).toMatchObject({
    code: 'UNKNOWN_ID',
  });
});

test('a plan is told and does nothing', async () => {
  await using world = await rig(2);
  const { client, sidecars } = world;
  const { operation } = await client.ask<{ operation: Operation__Output | null }>((stub, done) =>
    stub.plan({ command: START }, done),
  );
  expect(operation).toMatchObject({
    id: '',
    number: 0,
    status: 'OPERATION_STATUS_UNSPECIFIED',
    steps: [{ transition: 'start' }],
  });
  expect(await listed(client)).toEqual([]);
  expect(sidecars.flatMap((sidecar) => sidecar.asked)).toEqual([]);
  const refused = await troubleOf(
    client.ask((stub, done) => stub.plan({ command: { transition: 'stop' } }, done)),
  );
  expect(refused.code).toBe('REFUSED');
});

test('the machine is told whole', async () => {
  await using world = await rig(1);
  const { machine } = await world.client.ask<GetMachineResponse__Output>((stub, done) =>
    stub.getMachine({}, done),
  );
  expect(machine).toMatchObject({ name: 'minimal', hash: machineHash(minimal) });
  expect(machine?.transitions.length).toBe(minimal.transitions.length);
});

test.each<[string, SubmitRequest, readonly string[]]>([
  ['nothing', {}, ['operation_id', 'command']],
  [
    'a bad id and no name',
    { operationId: 'a b', command: { transition: '' } },
    ['operation_id', 'command.transition'],
  ],
  [
    'arguments that are no object',
    { operationId: 'a', command: { goTo: 'idle', argumentsJson: '[1]' } },
    ['command.arguments_json'],
  ],
  [
    'half of a JSON',
    { operationId: 'a', command: { goTo: 'idle', argumentsJson: '{"a":' } },
    ['command.arguments_json'],
  ],
  [
    'arguments of wrong types',
    { operationId: 'a', command: { goTo: 'idle', argumentsJson: '{"a": null, "b": [1], "c": 1}' } },
    ['command.arguments_json.a', 'command.arguments_json.b'],
  ],
  [
    'arguments of 70 KB',
    { operationId: 'a', command: { goTo: 'idle', argumentsJson: JSON.stringify({ a: 'x'.repeat(70_000) }) } },
    ['command.arguments_json'],
  ],
  [
    'too many targets',
    { operationId: 'a', command: { recover: { targets: Array(10_001).fill('a') } } },
    ['command.recover.targets'],
  ],
  [
    'an empty target',
    { operationId: 'a', command: { adopt: { targets: ['readout', ''] } } },
    ['command.adopt.targets[1]'],
  ],
  [
    'a strange number',
    { operationId: 'a', command: START, highestSeen: '18446744073709551615' },
    ['highest_seen'],
  ],
  ['a long name', { operationId: 'a', command: START, operator: 'x'.repeat(65) }, ['operator']],
])('a submit with %s is told all its problems at once', async (_, request, paths) => {
  await using world = await rig(0);
  const trouble = await troubleOf(submit(world.client, request));
  expect(trouble.code).toBe('MALFORMED');
  expect(trouble.problems.map((problem) => problem.path)).toEqual(paths);
});

test('what a machine does not have is refused by the plan', async () => {
  await using world = await rig(1);
  const { client } = world;
  const unknown = await troubleOf(submit(client, { operationId: 'a', command: { transition: 'strat' } }));
  expect(['REFUSED', 'MALFORMED']).toContain(unknown.code);
  const argument = await troubleOf(
    submit(client, { operationId: 'b', command: { ...START, argumentsJson: '{"speed": 3}' } }),
  );
  expect(argument.code).toBe('MALFORMED');
  expect(argument.problems[0]?.path).toBe('arguments.speed');
  expect(
    await troubleOf(client.ask((stub, done) => stub.listOperations({ limit: 257 }, done))),
  ).toMatchObject({ code: 'MALFORMED' });
  expect(await troubleOf(client.ask((stub, done) => stub.listRuns({ limit: 1_001 }, done)))).toMatchObject({
    code: 'MALFORMED',
  });
});

test('what the kubelet knows of a pod is taken, and nonsense is not', async () => {
  await using world = await rig(1);
  const { client, sidecars } = world;
  const report = (request: ReportPodRequest) => client.ask((stub, done) => stub.reportPod(request, done));
  const wrong = await troubleOf(report({ target: 'nobody-0', podUid: '', detail: 'x'.repeat(501) }));
  expect(wrong.problems.map((problem) => problem.path)).toEqual(['target', 'pod_uid', 'detail', 'phase']);
  // A pod that ended ends the wait for its process.
  sidecars[0]?.hold();
  await submit(client, { operationId: 'op-1', command: START });
  await report({ target: 'readout-0', podUid: 'another pod', phase: 'POD_PHASE_ENDED' });
  await report({ target: 'readout-0', podUid: sidecars[0]?.podUid ?? '', phase: 'POD_PHASE_ENDED' });
  expect(await finished(client, 'op-1')).toMatchObject({
    status: 'OPERATION_STATUS_FAILED',
    troubles: [{ target: 'readout-0', kind: 'gone' }],
  });
});

test('P10: a target whose stream is closed is unknown, and tells why', async () => {
  await using world = await rig(2);
  await world.sidecars[1]?.[Symbol.asyncDispose]();
  await condition('it is told', async () => (await world.client.partition()).targets[1]?.connected === false);
  const { targets } = await world.client.partition();
  expect(targets[0]?.state).toBe('idle');
  expect(targets[1]).toMatchObject({ state: '', attached: false });
  expect(targets[1]?.trouble).not.toBe('');
});

test('health tells who leads, and a standby refuses every call', async () => {
  await using world = await rig(0);
  await using standby = await Coordinator.start({ ...PARTS, journal: world.journal });
  await standby.begun;
  using client = clientOf(standby.address);
  const calls = [
    client.partition(),
    submit(client, { operationId: 'op-1', command: START }),
    client.ask((stub, done) => stub.plan({ command: START }, done)),
    client.ask((stub, done) => stub.reportPod({}, done)),
  ];
  for (const call of calls) expect(await troubleOf(call)).toMatchObject({ code: 'NO_LEADER' });
  const watching = client.stub.watch({});
  const [refused] = await once(watching, 'error');
  expect(refused.details).toContain(`process ${process.pid} at ${world.coordinator.address} leads`);
  expect(await health(world.coordinator.address)).toEqual(['SERVING', 'SERVING']);
  expect(await health(standby.address)).toEqual(['SERVING', 'NOT_SERVING']);
  await world.coordinator[Symbol.asyncDispose]();
  expect(await standby.leads).toBe(true);
  expect(await health(standby.address)).toEqual(['SERVING', 'SERVING']);
});

test('a standby that is stopped never leads', async () => {
  await using world = await rig(0);
  const standby = await Coordinator.start({ ...PARTS, journal: world.journal });
  await standby.begun;
  await standby[Symbol.asyncDispose]();
  expect(await standby.leads).toBe(false);
});

test('a partition beyond one message is refused by GetPartition, which says what to do', async () => {
  using directory = temporaryDirectory();
  await using coordinator = await Coordinator.start({
    ...PARTS,
    partition: partitionOf(10_000),
    journal: directory.file('journal.db'),
  });
  await coordinator.leads;
  using client = clientOf(coordinator.address);
  const trouble = await troubleOf(client.partition());
  expect(trouble).toMatchObject({ code: 'LIMIT', message: expect.stringContaining('ask by Watch') });
});
