// Original file: protos/baton/v1/machine.proto


/**
 * One state, with the marks that other parts of Baton look at.
 */
export interface MachineState {
  /**
   * At most 63 characters.
   */
  'name'?: (string);
  /**
   * Counts for readiness.
   */
  'ready'?: (boolean);
  /**
   * Data are taken, or may still be in flight.
   */
  'inRun'?: (boolean);
  /**
   * A stop path may end here.
   */
  'rest'?: (boolean);
  /**
   * One sentence for people; at most 500 characters.
   */
  'description'?: (string);
}

/**
 * One state, with the marks that other parts of Baton look at.
 */
export interface MachineState__Output {
  /**
   * At most 63 characters.
   */
  'name': (string);
  /**
   * Counts for readiness.
   */
  'ready': (boolean);
  /**
   * Data are taken, or may still be in flight.
   */
  'inRun': (boolean);
  /**
   * A stop path may end here.
   */
  'rest': (boolean);
  /**
   * One sentence for people; at most 500 characters.
   */
  'description': (string);
}
