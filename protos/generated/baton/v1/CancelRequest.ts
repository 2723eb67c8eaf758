// Original file: protos/baton/v1/coordinator.proto


export interface CancelRequest {
  /**
   * Operation to cancel; empty means the open one.
   */
  'operationId'?: (string);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition'?: (string);
}

export interface CancelRequest__Output {
  /**
   * Operation to cancel; empty means the open one.
   */
  'operationId': (string);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition': (string);
}
