// Original file: protos/baton/v1/coordinator.proto


export interface ListRunsRequest {
  /**
   * At most this many, newest first; 0 means 20; at most 1000.
   */
  'limit'?: (number);
  /**
   * Name of the partition, or namespace/name; empty: the only one that this coordinator leads.
   */
  'partition'?: (string);
}

export interface ListRunsRequest__Output {
  /**
   * At most this many, newest first; 0 means 20; at most 1000.
   */
  'limit': (number);
  /**
   * Name of the partition, or namespace/name; empty: the only one that this coordinator leads.
   */
  'partition': (string);
}
