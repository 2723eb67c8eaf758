// Original file: protos/baton/v1/coordinator.proto

import type { PartitionSummary as _baton_v1_PartitionSummary, PartitionSummary__Output as _baton_v1_PartitionSummary__Output } from '../../baton/v1/PartitionSummary.ts';

export interface ListPartitionsResponse {
  /**
   * By namespace and name.
   */
  'partitions'?: (_baton_v1_PartitionSummary)[];
}

export interface ListPartitionsResponse__Output {
  /**
   * By namespace and name.
   */
  'partitions': (_baton_v1_PartitionSummary__Output)[];
}
