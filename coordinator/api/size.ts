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
  const operation = partition.operation ?? null;
  const fitting = fittingCount(targets.map(targetBytes), TARGETS_BYTES_MAX);
  return {
    first: {
      ...partition,
      targets: targets.slice(0, fitting),
      operation: operation && {
        ...operation,
        troubles: operation.troubles?.slice(0, PARTITION_TROUBLES_MAX) ?? [],
      },
    },
    rest: targets.slice(fitting),
  };
}

/** As many operations, from the first on, as fit into one message; at least one. */
export function fittingOperations(operations: readonly Operation[]): readonly Operation[] {
  // JSON takes more than the wire does.
  const sizes = operations.map((operation) => Buffer.byteLength(JSON.stringify(operation)));
  return operations.slice(0, Math.max(1, fittingCount(sizes, OPERATIONS_BYTES_MAX)));
}

function fittingCount(sizes: readonly number[], bytesMax: number): number {
  let bytes = 0;
  const beyond = sizes.findIndex((size) => {
    bytes += size;
    return bytes > bytesMax;
  });
  return beyond === -1 ? sizes.length : beyond;
}

function targetBytes({ target, segment, incarnation, state, doing, trouble, address }: TargetView): number {
  const texts = [target, segment, incarnation, state, doing, trouble, address];
  return texts.reduce<number>((bytes, text) => bytes + Buffer.byteLength(text ?? ''), TARGET_BYTES);
}
