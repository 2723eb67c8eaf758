// What is too large or too much is refused with a word at each border, has no effect, and disturbs nobody else.

import { credentials, type ServiceError } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { fromStatus, isServiceError } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { MESSAGE_BYTES_MAX, v1 } from '../../protos/load.ts';
import { finished, listed, START, submit } from '../coordinator/calls.ts';
import { startBatonHere } from '../e2e/person.ts';
import { condition } from '../sidecar/condition.ts';
import { world } from './world.ts';

const LARGE = 'x'.repeat(5_000_000);

test('a request of 5 MB is refused by the coordinator, without effect', async () => {
  await using all = await world();
  // A client that knows no limit of its own.
  const options = { 'grpc.max_send_message_length': -1, 'grpc.use_local_subchannel_pool': 1 };
  const stub = new v1.Coordinator(all.coordinator.address, credentials.createInsecure(), options);
  const request = {
    operationId: 'mine',
    command: { ...START, argumentsJson: JSON.stringify({ text: LARGE }) },
  };
  const { promise, resolve } = Promise.withResolvers<ServiceError | null>();
  stub.submit(request, (error) => resolve(error));
  const error = await promise;
  stub.close();
  if (!isServiceError(error)) throw new Error('it is refused');
  expect(fromStatus(error)).toMatchObject({
    code: 'LIMIT',
    message: expect.stringContaining(`larger than max (`),
  });
  expect(error.details).toContain(String(MESSAGE_BYTES_MAX));
  expect(await listed(all.client)).toEqual([]);
  expect(await startBatonHere(all.coordinator.address, 'status').ended).toMatchObject({ code: 0 });
});

test('an answer of 5 MB of a process reaches the operator as what it was', async () => {
  await using all = await world();
  const [large, other] = all.sidecars.map(({ process }) => process);
  if (large === undefined || other === undefined) throw new Error('there are two');
  large.behaviour = 'hang';
  const sending = startBatonHere(all.coordinator.address, 'send start_run');
  await condition('its hook runs', () => large.performed.length === 1);
  large.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_FAILED', cause: LARGE });
  const { code, out } = await sending.ended;
  expect(code).toBe(1);
  expect(out).toContain('readout-0 interrupted start: whether start was done cannot be shown; recover it');
  expect(out).toContain(`its answer was larger than ${MESSAGE_BYTES_MAX} bytes (RESOURCE_EXHAUSTED`);
  expect(other.state).toBe('running');
  await all.judged();
});

test('of a hundred submits at once one is accepted, and the others are told which one is open', async () => {
  await using all = await world();
  for (const { process } of all.sidecars) process.behaviour = 'hang';
  const ids = Array.from({ length: 100 }, (_, at) => `op-${at}`);
  const told = await Promise.all(
    ids.map((operationId) => submit(all.client, { operationId, command: START }).catch(refusalOf)),
  );
  const accepted = told.flatMap((each) => (each instanceof RunControlError ? [] : [each]));
  expect(accepted).toMatchObject([{ number: 1, status: 'OPERATION_STATUS_OPEN' }]);
  const refused = told.flatMap((each) => (each instanceof RunControlError ? [each] : []));
  expect(refused).toHaveLength(99);
  for (const { code, message } of refused) {
    expect({ code, message }).toEqual({
      code: 'BUSY',
      message: expect.stringContaining(`operation ${accepted[0]?.id} (start) is open`),
    });
  }
  const begun = () => all.sidecars.map(({ process }) => process.performed.length);
  await condition('its hooks run', () => begun().every((count) => count > 0));
  expect(begun()).toEqual([1, 1]);
  await all.judged();
});

test('a hundred submits of one id at once are one operation with one answer', async () => {
  await using all = await world();
  for (const { process } of all.sidecars) process.behaviour = 'hang';
  const request = { operationId: 'mine', command: START };
  const told = await Promise.all(Array.from({ length: 100 }, () => submit(all.client, request)));
  const [first] = told;
  expect(new Set(told.map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify(first)]));
  for (const { process } of all.sidecars) {
    await condition('its hook runs', () => process.performed.length > 0);
    process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
  }
  expect(await finished(all.client, 'mine')).toMatchObject({
    status: 'OPERATION_STATUS_SUCCEEDED',
    number: 1,
  });
  await all.judged();
});

function refusalOf(error: unknown): RunControlError {
  if (error instanceof RunControlError) return error;
  throw error;
}
