// Original file: protos/baton/v1/sidecar.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Ends the transition that is running for this step, if the adapter can.
 */
export interface GiveUp {
  'operationNumber'?: (number | string | Long);
  'step'?: (number);
}

/**
 * Ends the transition that is running for this step, if the adapter can.
 */
export interface GiveUp__Output {
  'operationNumber': (number);
  'step': (number);
}
