// Original file: protos/baton/v1/coordinator.proto

import type { Operation as _baton_v1_Operation, Operation__Output as _baton_v1_Operation__Output } from '../../baton/v1/Operation.ts';

export interface ListOperationsResponse {
  'operations'?: (_baton_v1_Operation)[];
}

export interface ListOperationsResponse__Output {
  'operations': (_baton_v1_Operation__Output)[];
}
