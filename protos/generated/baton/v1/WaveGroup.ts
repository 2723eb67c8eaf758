// Original file: protos/baton/v1/coordinator.proto

import type { OrdinalRange as _baton_v1_OrdinalRange, OrdinalRange__Output as _baton_v1_OrdinalRange__Output } from '../../baton/v1/OrdinalRange.ts';

/**
 * Like targets of one segment in a wave.
 */
export interface WaveGroup {
  'segment'?: (string);
  /**
   * Ordinals as ranges, both ends included.
   */
  'ordinals'?: (_baton_v1_OrdinalRange)[];
  'from'?: (string);
  'to'?: (string);
}

/**
 * Like targets of one segment in a wave.
 */
export interface WaveGroup__Output {
  'segment': (string);
  /**
   * Ordinals as ranges, both ends included.
   */
  'ordinals': (_baton_v1_OrdinalRange__Output)[];
  'from': (string);
  'to': (string);
}
