// Original file: protos/baton/v1/coordinator.proto


export interface GetPartitionRequest {
  /**
   * Name of the partition, or namespace/name; empty: the only one that this coordinator leads.
   */
  'partition'?: (string);
}

export interface GetPartitionRequest__Output {
  /**
   * Name of the partition, or namespace/name; empty: the only one that this coordinator leads.
   */
  'partition': (string);
}
