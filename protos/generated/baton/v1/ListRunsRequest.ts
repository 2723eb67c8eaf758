// Original file: protos/baton/v1/coordinator.proto


export interface ListRunsRequest {
  /**
   * At most this many, newest first; 0 means 20; at most 1000.
   */
  'limit'?: (number);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition'?: (string);
}

export interface ListRunsRequest__Output {
  /**
   * At most this many, newest first; 0 means 20; at most 1000.
   */
  'limit': (number);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition': (string);
}
