// The partition that is driven: one segment, so that an operation is one wave over all targets.

import type { Partition } from '../../coordinator/core/model/partition.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';

/** A partition of that many targets, all asked together. */
export function partitionOf(members: number): Partition {
  return {
    name: 'bench',
    machine: minimal,
    machineHash: machineHash(minimal),
    segments: [{ name: SEGMENT, members, critical: true, minMembers: members, order: 'together' }],
    leavePolicy: 'stopRun',
  };
}

const SEGMENT = 'readout';

/** Name of one target. */
export function targetOf(ordinal: number): string {
  return `${SEGMENT}-${ordinal}`;
}

/** Name of the life of its pod. */
export function podUidOf(ordinal: number): string {
  return `pod-of-${targetOf(ordinal)}`;
}

export type Edge = { readonly transition: string; readonly from: string; readonly to: string };

/** The transition of an operation, numbered from 0: start and stop, in turns. */
export function edgeOf(operation: number): Edge {
  return operation % 2 === 0
    ? { transition: 'start', from: 'idle', to: 'running' }
    : { transition: 'stop', from: 'running', to: 'idle' };
}
