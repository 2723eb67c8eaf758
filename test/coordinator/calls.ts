// What tests of the service ask, in one line each.

import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Command } from '../../protos/generated/baton/v1/Command.ts';
import type { ListOperationsResponse__Output } from '../../protos/generated/baton/v1/ListOperationsResponse.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { SubmitRequest } from '../../protos/generated/baton/v1/SubmitRequest.ts';
import { condition } from '../sidecar/condition.ts';
import type { Client } from './rig.ts';

export const START: Command = { transition: 'start' };

/** Submits, and gives the operation as it was told then. */
export async function submit(client: Client, request: SubmitRequest): Promise<Operation__Output> {
  const { operation } = await client.ask<{ operation: Operation__Output | null }>((stub, done) =>
    stub.submit(request, done),
  );
  if (operation === null) throw new Error('an operation is told');
  return operation;
}

/** Operations, newest first. */
export async function listed(client: Client, limit = 0): Promise<readonly Operation__Output[]> {
  const { operations } = await client.ask<ListOperationsResponse__Output>((stub, done) =>
    stub.listOperations({ limit }, done),
  );
  return operations;
}

/** The operation once it has ended. */
export async function finished(client: Client, id: string): Promise<Operation__Output> {
  const find = async () => (await listed(client)).find((operation) => operation.id === id);
  await condition(`${id} ends`, async () => (await find())?.status !== 'OPERATION_STATUS_OPEN');
  const found = await find();
  if (found === undefined) throw new Error(`${id} is remembered`);
  return found;
}

/** The trouble that a call ends in. */
export async function troubleOf(call: Promise<unknown>): Promise<RunControlError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RunControlError) return error;
    throw error;
  }
  throw new Error('there was no trouble');
}
