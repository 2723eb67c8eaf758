import { expect, test } from 'vitest';
import type { GetMachineResponse__Output } from '../../protos/generated/baton/v1/GetMachineResponse.ts';
import type { ListRunsResponse__Output } from '../../protos/generated/baton/v1/ListRunsResponse.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { ReportPodRequest } from '../../protos/generated/baton/v1/ReportPodRequest.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { condition } from '../sidecar/condition.ts';
import { finished, listed, START, submit, troubleOf } from './calls.ts';
import { rig } from './rig.ts';

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

test('only those go who are named, and the operation says so', async () => {
  await using world = await rig(2);
  const { client, sidecars } = world;
  await submit(client, { operationId: 'op-1', command: START });
  await finished(client, 'op-1');
  const command = { goTo: 'idle', toTargets: { targets: ['readout-1'] } };
  await submit(client, { operationId: 'op-2', command });
  expect(await finished(client, 'op-2')).toMatchObject({
    status: 'OPERATION_STATUS_SUCCEEDED',
    title: 'go to idle: readout-1',
    command,
    troubles: [],
  });
  expect(sidecars.map((sidecar) => sidecar.asked.length)).toEqual([1, 2]);
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

test('what the kubelet knows of a pod is taken, and nonsense is not', async () => {
  await using world = await rig(1);
  const { client, sidecars } = world;
  const report = (request: ReportPodRequest) => client.ask((stub, done) => stub.reportPod(request, done));
  const wrong = await troubleOf(report({ target: 'nobody-0', podUid: '', detail: 'x'.repeat(501) }));
  expect(wrong.problems.map((problem) => problem.path)).toEqual(['target', 'pod_uid', 'detail', 'phase']);
  const pod = { target: 'readout-0', podUid: sidecars[0]?.podUid ?? '' };
  await report({ ...pod, phase: 'POD_PHASE_RUNNING', detail: 'killed by SIGKILL, started again' });
  const detail = async () => (await client.partition()).targets[0]?.podDetail;
  await condition('it is told', async () => (await detail()) === 'killed by SIGKILL, started again');
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
