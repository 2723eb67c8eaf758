// Original file: protos/baton/v1/process.proto

import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from '../../baton/v1/Token.ts';
import type { Long } from '@grpc/proto-loader';

export interface PerformRequest {
  'attachment'?: (number | string | Long);
  'startId'?: (string);
  'token'?: (_baton_v1_Token | null);
  /**
   * Name of the transition, or "recover": leave error or an unknown state, for the state that the answer names.
   */
  'transition'?: (string);
  /**
   * State the sidecar takes the process to be in; empty when it is unknown.
   */
  'from'?: (string);
  /**
   * State it shall be in afterwards; empty with "recover".
   */
  'to'?: (string);
  /**
   * Arguments as a JSON object; at most 64 KiB.
   */
  'argumentsJson'?: (string);
  /**
   * How long it may take, in milliseconds.
   */
  'budgetMs'?: (number);
  /**
   * Run that this belongs to, 1 to 4294967295; 0 outside a run.
   */
  'runNumber'?: (number);
}

export interface PerformRequest__Output {
  'attachment': (number);
  'startId': (string);
  'token': (_baton_v1_Token__Output | null);
  /**
   * Name of the transition, or "recover": leave error or an unknown state, for the state that the answer names.
   */
  'transition': (string);
  /**
   * State the sidecar takes the process to be in; empty when it is unknown.
   */
  'from': (string);
  /**
   * State it shall be in afterwards; empty with "recover".
   */
  'to': (string);
  /**
   * Arguments as a JSON object; at most 64 KiB.
   */
  'argumentsJson': (string);
  /**
   * How long it may take, in milliseconds.
   */
  'budgetMs': (number);
  /**
   * Run that this belongs to, 1 to 4294967295; 0 outside a run.
   */
  'runNumber': (number);
}
