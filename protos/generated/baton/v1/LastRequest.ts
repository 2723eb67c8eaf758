// Original file: protos/baton/v1/sidecar.proto

import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from '../../baton/v1/Token.ts';
import type { Answer as _baton_v1_Answer, Answer__Output as _baton_v1_Answer__Output } from '../../baton/v1/Answer.ts';

export interface LastRequest {
  'token'?: (_baton_v1_Token | null);
  /**
   * Absent while its hook runs.
   */
  'answer'?: (_baton_v1_Answer | null);
}

export interface LastRequest__Output {
  'token': (_baton_v1_Token__Output | null);
  /**
   * Absent while its hook runs.
   */
  'answer': (_baton_v1_Answer__Output | null);
}
