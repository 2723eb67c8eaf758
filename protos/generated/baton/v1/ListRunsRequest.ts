// Original file: protos/baton/v1/coordinator.proto


export interface ListRunsRequest {
  /**
   * At most this many, newest first; 0 means 20; at most 1000.
   */
  'limit'?: (number);
}

export interface ListRunsRequest__Output {
  /**
   * At most this many, newest first; 0 means 20; at most 1000.
   */
  'limit': (number);
}
