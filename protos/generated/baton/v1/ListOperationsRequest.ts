// Original file: protos/baton/v1/coordinator.proto


export interface ListOperationsRequest {
  /**
   * At most this many, newest first; 0 means 20; at most 256. Fewer when they do not fit into one message.
   */
  'limit'?: (number);
  /**
   * Only the one of this id or number.
   */
  'operation'?: (string);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition'?: (string);
}

export interface ListOperationsRequest__Output {
  /**
   * At most this many, newest first; 0 means 20; at most 256. Fewer when they do not fit into one message.
   */
  'limit': (number);
  /**
   * Only the one of this id or number.
   */
  'operation': (string);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition': (string);
}
