// Original file: protos/baton/v1/sidecar.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Raises the fence to this step, does no work and closes the step: in this epoch no request for it is
 * taken any more. Answered by the remembered answer of that step, if there is one, then by Settled.
 */
export interface Settle {
  'operationNumber'?: (number | string | Long);
  'step'?: (number);
}

/**
 * Raises the fence to this step, does no work and closes the step: in this epoch no request for it is
 * taken any more. Answered by the remembered answer of that step, if there is one, then by Settled.
 */
export interface Settle__Output {
  'operationNumber': (number);
  'step': (number);
}
