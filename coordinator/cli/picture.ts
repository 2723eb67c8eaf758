// What a client has been told of a partition so far: one snapshot, then each change.

import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';
import type { WatchResponse__Output } from '../../protos/generated/baton/v1/WatchResponse.ts';

export type Seen = {
  readonly view: TargetView__Output;
  /** Monotonic milliseconds at which it was told. */
  readonly atMs: number;
};

export type Picture = {
  readonly revision: number;
  /** Monotonic milliseconds of the last change. */
  readonly atMs: number;
  readonly partition: Omit<Partition__Output, 'targets'>;
  /** By name, in the coordinator's order. Changed in place: a copy for each answer would cost O(N²). */
  readonly targets: Map<string, Seen>;
};

/** The picture of a whole partition as GetPartition or a snapshot tells it. */
export function pictureOf(partition: Partition__Output, revision: number, atMs: number): Picture {
  const { targets, ...rest } = partition;
  return {
    revision,
    atMs,
    partition: rest,
    targets: new Map(targets.map((view) => [view.target, { view, atMs }])),
  };
}

/** The picture after one message of Watch; undefined as long as no snapshot has come. */
export function withChange(
  picture: Picture | undefined,
  response: WatchResponse__Output,
  atMs: number,
): Picture | undefined {
  const { revision, snapshot, target, operation, partition } = response;
  if (snapshot) return pictureOf(snapshot, revision, atMs);
  if (picture === undefined) return undefined;
  if (target) picture.targets.set(target.target, { view: target, atMs });
  if (operation) return { ...picture, revision, atMs, partition: { ...picture.partition, operation } };
  if (partition) {
    const { targets: _left, operation: _out, ...changed } = partition;
    const kept = { ...picture.partition, ...changed };
    return { ...picture, revision, atMs, partition: kept };
  }
  return { ...picture, revision, atMs };
}

/** True while the operation goes on. */
export function isOpen(operation: Operation__Output): boolean {
  return operation.status === 'OPERATION_STATUS_OPEN';
}
