// Names, and what the document says: data only.

import type { Machine } from '../../../protos/machine/table.ts';

/** `readout-3`. */
export type Target = string & { readonly __brand: 'Target' };

/** Chosen by the client; names one operation for ever. */
export type OperationId = string & { readonly __brand: 'OperationId' };

/** One life of a process: `<pod>.<life>`, so that two lives of one pod can be told from two pods. */
export type Incarnation = string & { readonly __brand: 'Incarnation' };

/** By segment and ordinal; empty string: does not take part. */
export type Incarnations = Readonly<Record<string, readonly (Incarnation | '')[]>>;

export type MemberOrder = 'together' | 'ascending' | 'descending' | { readonly batches: number };

export type Segment = {
  readonly name: string;
  readonly members: number;
  readonly critical: boolean;
  /** A segment that is not critical goes on while at least this many take part. */
  readonly minMembers: number;
  readonly order: MemberOrder;
};

export type Partition = {
  readonly name: string;
  readonly machine: Machine;
  readonly machineHash: string;
  readonly segments: readonly Segment[];
  /** What a leaving target leads to during a run. */
  readonly leavePolicy: 'stopRun' | 'leave';
};
