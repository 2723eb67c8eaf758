// Original file: protos/baton/v1/machine.proto


/**
 * Segments that take a transition together.
 */
export interface SegmentGroup {
  'segments'?: (string)[];
}

/**
 * Segments that take a transition together.
 */
export interface SegmentGroup__Output {
  'segments': (string)[];
}
