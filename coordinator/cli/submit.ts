// Submitting so that it happens once: the same id again until somebody has answered.

import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Command } from '../../protos/generated/baton/v1/Command.ts';
import type { GetPartitionResponse__Output } from '../../protos/generated/baton/v1/GetPartitionResponse.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import type { Connection } from './client.ts';
import { isPassing } from './peers.ts';
import { isOpen, type Picture, pictureOf } from './picture.ts';
import type { World } from './world.ts';

/** Wait between two submits of one id, in milliseconds. */
const AGAIN_MS = 250;

/** Operations that are searched for one that has ended. */
const SEARCHED_MAX = 256;

export type Submission = {
  readonly id: string;
  readonly command: Command;
  readonly highestSeen: number;
  readonly operator: string;
};

/**
 * Submits until the coordinator has said yes or no, at most `silenceMsMax` milliseconds long. Throws
 * RunControlError: its refusal, or UNREACHABLE when it is not known whether it was accepted.
 */
export async function submitSurely(
  connection: Connection,
  submission: Submission,
  options: { readonly world: World; readonly signal: AbortSignal; readonly silenceMsMax: number },
): Promise<Operation__Output> {
  const { id, command, highestSeen, operator } = submission;
  const { world, signal, silenceMsMax } = options;
  const begunMs = world.nowMs();
  const { partition } = connection;
  const request = { operationId: id, command, highestSeen, operator, partition };
  for (;;) {
    try {
      const { operation } = await connection.ask<{ operation: Operation__Output | null }>(
        (stub, callOptions, done) => stub.submit(request, callOptions, done),
      );
      if (operation !== null) return operation;
      throw new RunControlError('UNREACHABLE', 'the coordinator accepted without an operation');
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (signal.aborted || world.nowMs() - begunMs > silenceMsMax) throw unsure(id, error);
    }
    await world.sleep(AGAIN_MS, signal);
  }
}

/** The partition as it is now. */
export async function getPicture(connection: Connection, world: World): Promise<Picture> {
  const { partition, revision } = await getPartition(connection);
  return pictureOf(partition, revision, world.nowMs());
}

/** The whole partition, however many targets it has. Throws RunControlError. */
export async function getPartition(
  connection: Connection,
): Promise<{ readonly partition: Partition__Output; readonly revision: number }> {
  try {
    const { partition, revision } = await connection.ask<GetPartitionResponse__Output>(
      (stub, options, done) => stub.getPartition({ partition: connection.partition }, options, done),
    );
    if (partition !== null) return { partition, revision };
  } catch (error) {
    // It does not fit into one message: a watch begins with all of it, in parts.
    if (!(error instanceof RunControlError) || error.code !== 'LIMIT') throw error;
    for await (const { snapshot, revision } of connection.watch(new AbortController().signal)) {
      if (snapshot) return { partition: snapshot, revision };
    }
  }
  throw new RunControlError('UNREACHABLE', 'the coordinator told no partition');
}

/** The operation of that id or number, or undefined when the coordinator does not remember it. */
export async function findOperation(
  connection: Connection,
  name: string,
): Promise<Operation__Output | undefined> {
  const { partition } = connection;
  const { operations } = await connection.ask<{ operations: Operation__Output[] }>((stub, options, done) =>
    // One that does not know how to look for it lists them all.
    stub.listOperations({ limit: SEARCHED_MAX, operation: name, partition }, options, done),
  );
  return operations.find(({ id, number }) => id === name || String(number) === name);
}

/** What a picture says of the operation: it, or undefined when the picture tells of another one. */
export function operationIn(picture: Picture, id: string): Operation__Output | undefined {
  const { operation } = picture.partition;
  return operation?.id === id ? operation : undefined;
}

/** The operation once it has ended; undefined while it goes on. */
export function ended(operation: Operation__Output | undefined): Operation__Output | undefined {
  return operation === undefined || isOpen(operation) ? undefined : operation;
}

function unsure(id: string, cause: RunControlError): RunControlError {
  const sentence = [
    cause.message,
    `now: it is not known whether ${id} was accepted`,
    `look with: baton operations ${id}; or ask again with: --operation-id ${id}, it is done once`,
  ].join('\n');
  return new RunControlError('UNREACHABLE', sentence, { cause });
}
