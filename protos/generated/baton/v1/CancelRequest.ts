// Original file: protos/baton/v1/coordinator.proto


export interface CancelRequest {
  /**
   * Operation to cancel; empty means the open one.
   */
  'operationId'?: (string);
}

export interface CancelRequest__Output {
  /**
   * Operation to cancel; empty means the open one.
   */
  'operationId': (string);
}
