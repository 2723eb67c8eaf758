// Original file: protos/baton/v1/coordinator.proto


export interface ScaleRequest {
  'partition'?: (string);
  'segment'?: (string);
  /**
   * How many members it shall have.
   */
  'members'?: (number);
  /**
   * Tells the plan and does nothing.
   */
  'dryRun'?: (boolean);
  /**
   * Who asks, for the record; at most 64 characters.
   */
  'operator'?: (string);
}

export interface ScaleRequest__Output {
  'partition': (string);
  'segment': (string);
  /**
   * How many members it shall have.
   */
  'members': (number);
  /**
   * Tells the plan and does nothing.
   */
  'dryRun': (boolean);
  /**
   * Who asks, for the record; at most 64 characters.
   */
  'operator': (string);
}
