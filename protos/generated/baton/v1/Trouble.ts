// Original file: protos/baton/v1/coordinator.proto


/**
 * A target that did not execute a step.
 */
export interface Trouble {
  'target'?: (string);
  'step'?: (number);
  'transition'?: (string);
  /**
   * refused, failed, interrupted, gone, settled, unknown.
   */
  'kind'?: (string);
  'cause'?: (string);
  /**
   * True when the operation went on without it.
   */
  'excluded'?: (boolean);
}

/**
 * A target that did not execute a step.
 */
export interface Trouble__Output {
  'target': (string);
  'step': (number);
  'transition': (string);
  /**
   * refused, failed, interrupted, gone, settled, unknown.
   */
  'kind': (string);
  'cause': (string);
  /**
   * True when the operation went on without it.
   */
  'excluded': (boolean);
}
