// Original file: protos/baton/v1/sidecar.proto


/**
 * What only the platform knows of the pod. Told after Welcome when there is something to tell, and on each change.
 */
export interface PodFacts {
  /**
   * One sentence for people: "the process was OOMKilled, 3 restarts"; empty: nothing worth telling. At most 500
   * characters.
   */
  'sentence'?: (string);
  /**
   * How often the process's container was restarted.
   */
  'restarts'?: (number);
}

/**
 * What only the platform knows of the pod. Told after Welcome when there is something to tell, and on each change.
 */
export interface PodFacts__Output {
  /**
   * One sentence for people: "the process was OOMKilled, 3 restarts"; empty: nothing worth telling. At most 500
   * characters.
   */
  'sentence': (string);
  /**
   * How often the process's container was restarted.
   */
  'restarts': (number);
}
