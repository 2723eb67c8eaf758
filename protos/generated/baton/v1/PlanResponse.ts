// Original file: protos/baton/v1/coordinator.proto

import type { Operation as _baton_v1_Operation, Operation__Output as _baton_v1_Operation__Output } from '../../baton/v1/Operation.ts';

export interface PlanResponse {
  /**
   * As it would be accepted, without id and number.
   */
  'operation'?: (_baton_v1_Operation | null);
}

export interface PlanResponse__Output {
  /**
   * As it would be accepted, without id and number.
   */
  'operation': (_baton_v1_Operation__Output | null);
}
