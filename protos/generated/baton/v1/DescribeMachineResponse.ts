// Original file: protos/baton/v1/sidecar.proto

import type { Machine as _baton_v1_Machine, Machine__Output as _baton_v1_Machine__Output } from '../../baton/v1/Machine.ts';

export interface DescribeMachineResponse {
  'machine'?: (_baton_v1_Machine | null);
}

export interface DescribeMachineResponse__Output {
  'machine': (_baton_v1_Machine__Output | null);
}
