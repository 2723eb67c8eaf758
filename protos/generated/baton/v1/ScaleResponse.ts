// Original file: protos/baton/v1/coordinator.proto

import type { ProgressKind as _baton_v1_ProgressKind, ProgressKind__Output as _baton_v1_ProgressKind__Output } from '../../baton/v1/ProgressKind.ts';

export interface ScaleResponse {
  /**
   * One sentence for people: a line of the plan, then what is done now, then what was done.
   */
  'sentence'?: (string);
  'kind'?: (_baton_v1_ProgressKind);
}

export interface ScaleResponse__Output {
  /**
   * One sentence for people: a line of the plan, then what is done now, then what was done.
   */
  'sentence': (string);
  'kind': (_baton_v1_ProgressKind__Output);
}
