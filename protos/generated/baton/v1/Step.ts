// Original file: protos/baton/v1/coordinator.proto

import type { Wave as _baton_v1_Wave, Wave__Output as _baton_v1_Wave__Output } from '../../baton/v1/Wave.ts';

/**
 * One transition of an operation.
 */
export interface Step {
  'transition'?: (string);
  /**
   * Empty for all but the newest operations: they are no longer remembered then, nor are most troubles.
   */
  'waves'?: (_baton_v1_Wave)[];
}

/**
 * One transition of an operation.
 */
export interface Step__Output {
  'transition': (string);
  /**
   * Empty for all but the newest operations: they are no longer remembered then, nor are most troubles.
   */
  'waves': (_baton_v1_Wave__Output)[];
}
