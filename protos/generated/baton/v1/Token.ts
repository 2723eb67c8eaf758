// Original file: protos/baton/v1/process.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Names one request of the coordinator. At most one transition is ever begun for one token and start id.
 */
export interface Token {
  /**
   * Number of the operation, from 1; 0 when the sidecar stops the process by itself.
   */
  'operationNumber'?: (number | string | Long);
  /**
   * Step of that operation, from 0.
   */
  'step'?: (number);
  /**
   * Id of the operation as the client chose it; at most 64 characters.
   */
  'operationId'?: (string);
}

/**
 * Names one request of the coordinator. At most one transition is ever begun for one token and start id.
 */
export interface Token__Output {
  /**
   * Number of the operation, from 1; 0 when the sidecar stops the process by itself.
   */
  'operationNumber': (number);
  /**
   * Step of that operation, from 0.
   */
  'step': (number);
  /**
   * Id of the operation as the client chose it; at most 64 characters.
   */
  'operationId': (string);
}
