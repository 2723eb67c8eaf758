// Original file: protos/baton/v1/sidecar.proto

import type { Long } from '@grpc/proto-loader';

export interface Heartbeat {
  /**
   * The sidecar's newest state number; 0 from the coordinator.
   */
  'stateNumber'?: (number | string | Long);
}

export interface Heartbeat__Output {
  /**
   * The sidecar's newest state number; 0 from the coordinator.
   */
  'stateNumber': (number);
}
