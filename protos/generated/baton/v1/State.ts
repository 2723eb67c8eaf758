// Original file: protos/baton/v1/sidecar.proto

import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from '../../baton/v1/Token.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One observation of the target.
 */
export interface State {
  'incarnation'?: (string);
  /**
   * Grows by one with each change.
   */
  'stateNumber'?: (number | string | Long);
  /**
   * A state of the machine; empty when it is unknown. In error: the state it came from.
   */
  'state'?: (string);
  'inError'?: (boolean);
  /**
   * How long it has been so, in milliseconds.
   */
  'sinceMs'?: (number | string | Long);
  'attached'?: (boolean);
  /**
   * Token of the hook that runs; absent when none does.
   */
  'doing'?: (_baton_v1_Token | null);
  'leaving'?: (boolean);
  /**
   * Transition whose hook runs; empty when none does.
   */
  'doingTransition'?: (string);
  /**
   * One sentence for people: why it is in error or unknown. At most 500 characters.
   */
  'cause'?: (string);
}

/**
 * One observation of the target.
 */
export interface State__Output {
  'incarnation': (string);
  /**
   * Grows by one with each change.
   */
  'stateNumber': (number);
  /**
   * A state of the machine; empty when it is unknown. In error: the state it came from.
   */
  'state': (string);
  'inError': (boolean);
  /**
   * How long it has been so, in milliseconds.
   */
  'sinceMs': (number);
  'attached': (boolean);
  /**
   * Token of the hook that runs; absent when none does.
   */
  'doing': (_baton_v1_Token__Output | null);
  'leaving': (boolean);
  /**
   * Transition whose hook runs; empty when none does.
   */
  'doingTransition': (string);
  /**
   * One sentence for people: why it is in error or unknown. At most 500 characters.
   */
  'cause': (string);
}
