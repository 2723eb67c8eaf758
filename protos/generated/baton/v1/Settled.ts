// Original file: protos/baton/v1/sidecar.proto

import type { Fence as _baton_v1_Fence, Fence__Output as _baton_v1_Fence__Output } from '../../baton/v1/Fence.ts';
import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from '../../baton/v1/Token.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Answers Settle once the raised fence is persisted.
 */
export interface Settled {
  'incarnation'?: (string);
  'fence'?: (_baton_v1_Fence | null);
  /**
   * Token of the coordinator's hook that still runs; absent when none does.
   */
  'doing'?: (_baton_v1_Token | null);
  /**
   * The step that Settle named.
   */
  'operationNumber'?: (number | string | Long);
  'step'?: (number);
}

/**
 * Answers Settle once the raised fence is persisted.
 */
export interface Settled__Output {
  'incarnation': (string);
  'fence': (_baton_v1_Fence__Output | null);
  /**
   * Token of the coordinator's hook that still runs; absent when none does.
   */
  'doing': (_baton_v1_Token__Output | null);
  /**
   * The step that Settle named.
   */
  'operationNumber': (number);
  'step': (number);
}
