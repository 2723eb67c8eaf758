// Original file: protos/baton/v1/coordinator.proto


export interface WatchRequest {
  /**
   * Name of the partition, or namespace/name; empty: the only one that this coordinator leads.
   */
  'partition'?: (string);
}

export interface WatchRequest__Output {
  /**
   * Name of the partition, or namespace/name; empty: the only one that this coordinator leads.
   */
  'partition': (string);
}
