// Original file: protos/baton/v1/sidecar.proto

import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from '../../baton/v1/Token.ts';

/**
 * Asks for one transition. Asked again with the same token it is answered from memory.
 */
export interface Request {
  'token'?: (_baton_v1_Token | null);
  /**
   * The life of the process that is meant; any other answers GONE.
   */
  'incarnation'?: (string);
  'machineHash'?: (string);
  /**
   * A transition of the machine, or "recover".
   */
  'transition'?: (string);
  /**
   * Arguments as a JSON object; at most 64 KiB.
   */
  'argumentsJson'?: (string);
  'from'?: (string);
  'to'?: (string);
  /**
   * How long the process may take, in milliseconds.
   */
  'budgetMs'?: (number);
  'stopPath'?: (boolean);
  /**
   * Run that this belongs to; 0 outside a run.
   */
  'runNumber'?: (number);
}

/**
 * Asks for one transition. Asked again with the same token it is answered from memory.
 */
export interface Request__Output {
  'token': (_baton_v1_Token__Output | null);
  /**
   * The life of the process that is meant; any other answers GONE.
   */
  'incarnation': (string);
  'machineHash': (string);
  /**
   * A transition of the machine, or "recover".
   */
  'transition': (string);
  /**
   * Arguments as a JSON object; at most 64 KiB.
   */
  'argumentsJson': (string);
  'from': (string);
  'to': (string);
  /**
   * How long the process may take, in milliseconds.
   */
  'budgetMs': (number);
  'stopPath': (boolean);
  /**
   * Run that this belongs to; 0 outside a run.
   */
  'runNumber': (number);
}
