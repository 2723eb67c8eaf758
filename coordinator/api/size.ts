// What fits into one message. A partition of ten thousand targets in trouble does not.

import type { Operation } from '../../protos/generated/baton/v1/Operation.ts';
import type { Partition } from '../../protos/generated/baton/v1/Partition.ts';
import type { TargetView } from '../../protos/generated/baton/v1/TargetView.ts';
import { MESSAGE_BYTES_MAX } from '../../protos/load.ts';

/** Room for targets in one message; the rest is for the operation with its troubles. */
export const TARGETS_BYTES_MAX = MESSAGE_BYTES_MAX / 2;

/** Room for a list of operations. */
export const OPERATIONS_BYTES_MAX = MESSAGE_BYTES_MAX - 65_536;

/** Troubles that are told with an operation inside of a partition. Watch and lists tell up to 1000. */
export const PARTITION_TROUBLES_MAX = 100;

/** Numbers, flags and tags of a target, in bytes; never less than they take. */
const TARGET_BYTES = 64;

/** A partition that fits into one message, and the targets that did not. */
export function splitPartition(partition: Partition): {
  readonly first: Partition;
  readonly rest: readonly TargetView[];
} {
  const targets = partition.targets ?? [];
  const operation = partition.operation && {
    ...partition.operation,
    troubles: partition.operation.troubles?.slice(0, PARTITION_TROUBLES_MAX) ?? [],
  };
  const room = Math.max(0, OPERATIONS_BYTES_MAX - (operation ? operationBytes(operation) : 0));
  const fitting = fittingCount(targets.map(targetBytes), Math.min(TARGETS_BYTES_MAX, room));
  const rest = targets.slice(fitting);
  const first = { ...partition, targets: targets.slice(0, fitting), targetsLeft: rest.length };
  return { first: operation ? { ...first, operation } : first, rest };
}

/** As many operations, from the first on, as fit into one message; at least one. */
export function fittingOperations(operations: readonly Operation[]): Operation[] {
  const whole = operations.map(fittingOperation);
  return whole.slice(0, Math.max(1, fittingCount(whole.map(operationBytes), OPERATIONS_BYTES_MAX)));
}

/** An operation that fits into one message: with as many of its troubles as there is room for. */
export function fittingOperation(operation: Operation): Operation {
  const { troubles = [] } = operation;
  const room = OPERATIONS_BYTES_MAX - operationBytes({ ...operation, troubles: [] });
  const sizes = troubles.map((trouble) => Buffer.byteLength(JSON.stringify(trouble)));
  return { ...operation, troubles: troubles.slice(0, fittingCount(sizes, room)) };
}

/** JSON takes more than the wire does. */
function operationBytes(operation: Operation): number {
  return Buffer.byteLength(JSON.stringify(operation));
}

function fittingCount(sizes: readonly number[], bytesMax: number): number {
  let bytes = 0;
  const beyond = sizes.findIndex((size) => {
    bytes += size;
    return bytes > bytesMax;
  });
  return beyond === -1 ? sizes.length : beyond;
}

function targetBytes(view: TargetView): number {
  const { target, segment, incarnation, state, doing, trouble, address, podDetail, node } = view;
  const texts = [target, segment, incarnation, state, doing, trouble, address, podDetail, node];
  return texts.reduce<number>((bytes, text) => bytes + Buffer.byteLength(text ?? ''), TARGET_BYTES);
}
