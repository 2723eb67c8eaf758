// Original file: protos/baton/v1/process.proto

import type { Long } from '@grpc/proto-loader';

export interface ObserveRequest {
  'attachment'?: (number | string | Long);
  'startId'?: (string);
  /**
   * Longest silence between two messages, in milliseconds.
   */
  'intervalMs'?: (number);
}

export interface ObserveRequest__Output {
  'attachment': (number);
  'startId': (string);
  /**
   * Longest silence between two messages, in milliseconds.
   */
  'intervalMs': (number);
}
