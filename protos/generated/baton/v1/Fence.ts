// Original file: protos/baton/v1/sidecar.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Newest request that was accepted: anything lower is refused.
 */
export interface Fence {
  'epoch'?: (number | string | Long);
  'operationNumber'?: (number | string | Long);
  'step'?: (number);
}

/**
 * Newest request that was accepted: anything lower is refused.
 */
export interface Fence__Output {
  'epoch': (number);
  'operationNumber': (number);
  'step': (number);
}
