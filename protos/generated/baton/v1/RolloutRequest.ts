// Original file: protos/baton/v1/coordinator.proto


export interface RolloutRequest {
  'partition'?: (string);
  'segment'?: (string);
  /**
   * Tells the plan and does nothing.
   */
  'dryRun'?: (boolean);
  /**
   * Who asks, for the record; at most 64 characters.
   */
  'operator'?: (string);
}

export interface RolloutRequest__Output {
  'partition': (string);
  'segment': (string);
  /**
   * Tells the plan and does nothing.
   */
  'dryRun': (boolean);
  /**
   * Who asks, for the record; at most 64 characters.
   */
  'operator': (string);
}
