// Original file: protos/baton/v1/coordinator.proto

import type { Partition as _baton_v1_Partition, Partition__Output as _baton_v1_Partition__Output } from '../../baton/v1/Partition.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetPartitionResponse {
  'revision'?: (number | string | Long);
  'partition'?: (_baton_v1_Partition | null);
}

export interface GetPartitionResponse__Output {
  'revision': (number);
  'partition': (_baton_v1_Partition__Output | null);
}
