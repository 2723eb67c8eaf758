// Original file: protos/baton/v1/process.proto

import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from '../../baton/v1/Token.ts';

/**
 * What the process says of itself.
 */
export interface ProcessState {
  /**
   * A state of the machine; while a transition runs, the state it started from.
   */
  'state'?: (string);
  /**
   * Token of the transition that is running; absent when the process is idle.
   */
  'busy'?: (_baton_v1_Token | null);
  /**
   * Token of the last transition that it executed to the end; absent when there was none.
   */
  'executed'?: (_baton_v1_Token | null);
  /**
   * One sentence for people when something is wrong; empty otherwise. At most 500 characters.
   */
  'trouble'?: (string);
}

/**
 * What the process says of itself.
 */
export interface ProcessState__Output {
  /**
   * A state of the machine; while a transition runs, the state it started from.
   */
  'state': (string);
  /**
   * Token of the transition that is running; absent when the process is idle.
   */
  'busy': (_baton_v1_Token__Output | null);
  /**
   * Token of the last transition that it executed to the end; absent when there was none.
   */
  'executed': (_baton_v1_Token__Output | null);
  /**
   * One sentence for people when something is wrong; empty otherwise. At most 500 characters.
   */
  'trouble': (string);
}
