// Original file: protos/baton/v1/sidecar.proto


/**
 * The target goes away: its preStop hook was called.
 */
export interface Leaving {
  'incarnation'?: (string);
  /**
   * How long until the sidecar begins to stop by itself, in milliseconds.
   */
  'localStopInMs'?: (number);
  /**
   * True once the stop has ended and the hook has been answered.
   */
  'done'?: (boolean);
  /**
   * With done: false when a stop step may have been missed or cut short.
   */
  'clean'?: (boolean);
}

/**
 * The target goes away: its preStop hook was called.
 */
export interface Leaving__Output {
  'incarnation': (string);
  /**
   * How long until the sidecar begins to stop by itself, in milliseconds.
   */
  'localStopInMs': (number);
  /**
   * True once the stop has ended and the hook has been answered.
   */
  'done': (boolean);
  /**
   * With done: false when a stop step may have been missed or cut short.
   */
  'clean': (boolean);
}
