// Original file: protos/baton/v1/machine.proto


/**
 * One transition of a sequence.
 */
export interface SequenceStep {
  'transition'?: (string);
  /**
   * Left out when it is not possible from the present state.
   */
  'optional'?: (boolean);
}

/**
 * One transition of a sequence.
 */
export interface SequenceStep__Output {
  'transition': (string);
  /**
   * Left out when it is not possible from the present state.
   */
  'optional': (boolean);
}
