// Original file: protos/baton/v1/coordinator.proto


export interface ListOperationsRequest {
  /**
   * At most this many, newest first; 0 means 20; at most 256.
   */
  'limit'?: (number);
}

export interface ListOperationsRequest__Output {
  /**
   * At most this many, newest first; 0 means 20; at most 256.
   */
  'limit': (number);
}
