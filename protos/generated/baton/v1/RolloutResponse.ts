// Original file: protos/baton/v1/coordinator.proto

import type { ProgressKind as _baton_v1_ProgressKind, ProgressKind__Output as _baton_v1_ProgressKind__Output } from '../../baton/v1/ProgressKind.ts';

export interface RolloutResponse {
  /**
   * As in ScaleResponse.
   */
  'sentence'?: (string);
  'kind'?: (_baton_v1_ProgressKind);
}

export interface RolloutResponse__Output {
  /**
   * As in ScaleResponse.
   */
  'sentence': (string);
  'kind': (_baton_v1_ProgressKind__Output);
}
