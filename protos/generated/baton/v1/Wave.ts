// Original file: protos/baton/v1/coordinator.proto

import type { WaveGroup as _baton_v1_WaveGroup, WaveGroup__Output as _baton_v1_WaveGroup__Output } from '../../baton/v1/WaveGroup.ts';

/**
 * Targets that take a transition together.
 */
export interface Wave {
  'groups'?: (_baton_v1_WaveGroup)[];
}

/**
 * Targets that take a transition together.
 */
export interface Wave__Output {
  'groups': (_baton_v1_WaveGroup__Output)[];
}
