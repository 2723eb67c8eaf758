// Original file: protos/baton/v1/coordinator.proto

import type { Machine as _baton_v1_Machine, Machine__Output as _baton_v1_Machine__Output } from '../../baton/v1/Machine.ts';

export interface GetMachineResponse {
  'machine'?: (_baton_v1_Machine | null);
}

export interface GetMachineResponse__Output {
  'machine': (_baton_v1_Machine__Output | null);
}
