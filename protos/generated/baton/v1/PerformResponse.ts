// Original file: protos/baton/v1/process.proto

import type { PerformOutcome as _baton_v1_PerformOutcome, PerformOutcome__Output as _baton_v1_PerformOutcome__Output } from '../../baton/v1/PerformOutcome.ts';

export interface PerformResponse {
  'outcome'?: (_baton_v1_PerformOutcome);
  /**
   * The state afterwards; empty means that the process does not know. A step of the stop path that failed and
   * can come to no better end names the state that it leads to: the way down then goes on with this process.
   */
  'state'?: (string);
  /**
   * One sentence for people when it was not executed; at most 500 characters.
   */
  'cause'?: (string);
}

export interface PerformResponse__Output {
  'outcome': (_baton_v1_PerformOutcome__Output);
  /**
   * The state afterwards; empty means that the process does not know. A step of the stop path that failed and
   * can come to no better end names the state that it leads to: the way down then goes on with this process.
   */
  'state': (string);
  /**
   * One sentence for people when it was not executed; at most 500 characters.
   */
  'cause': (string);
}
