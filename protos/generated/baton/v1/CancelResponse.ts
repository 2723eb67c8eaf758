// Original file: protos/baton/v1/coordinator.proto

import type { Operation as _baton_v1_Operation, Operation__Output as _baton_v1_Operation__Output } from '../../baton/v1/Operation.ts';

export interface CancelResponse {
  'operation'?: (_baton_v1_Operation | null);
}

export interface CancelResponse__Output {
  'operation': (_baton_v1_Operation__Output | null);
}
