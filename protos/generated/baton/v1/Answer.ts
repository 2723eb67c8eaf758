// Original file: protos/baton/v1/sidecar.proto

import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from '../../baton/v1/Token.ts';
import type { AnswerKind as _baton_v1_AnswerKind, AnswerKind__Output as _baton_v1_AnswerKind__Output } from '../../baton/v1/AnswerKind.ts';
import type { RefusalCode as _baton_v1_RefusalCode, RefusalCode__Output as _baton_v1_RefusalCode__Output } from '../../baton/v1/RefusalCode.ts';
import type { State as _baton_v1_State, State__Output as _baton_v1_State__Output } from '../../baton/v1/State.ts';

/**
 * Answer to a Request.
 */
export interface Answer {
  'token'?: (_baton_v1_Token | null);
  'incarnation'?: (string);
  'kind'?: (_baton_v1_AnswerKind);
  /**
   * Only with REFUSED.
   */
  'code'?: (_baton_v1_RefusalCode);
  /**
   * One sentence for people when it was not executed; at most 500 characters.
   */
  'cause'?: (string);
  /**
   * With a refusal: what is allowed now.
   */
  'allowedNow'?: (string)[];
  'state'?: (_baton_v1_State | null);
}

/**
 * Answer to a Request.
 */
export interface Answer__Output {
  'token': (_baton_v1_Token__Output | null);
  'incarnation': (string);
  'kind': (_baton_v1_AnswerKind__Output);
  /**
   * Only with REFUSED.
   */
  'code': (_baton_v1_RefusalCode__Output);
  /**
   * One sentence for people when it was not executed; at most 500 characters.
   */
  'cause': (string);
  /**
   * With a refusal: what is allowed now.
   */
  'allowedNow': (string)[];
  'state': (_baton_v1_State__Output | null);
}
