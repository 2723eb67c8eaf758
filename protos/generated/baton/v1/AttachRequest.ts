// Original file: protos/baton/v1/process.proto

import type { Long } from '@grpc/proto-loader';

export interface AttachRequest {
  /**
   * Version of this contract that the sidecar speaks.
   */
  'contractVersion'?: (number);
  /**
   * Grows with each attachment of one sidecar's life and never repeats for one process.
   */
  'attachment'?: (number | string | Long);
  /**
   * Who the process is.
   */
  'partition'?: (string);
  'segment'?: (string);
  'ordinal'?: (number);
  /**
   * Hash of the machine that the sidecar drives.
   */
  'machineHash'?: (string);
}

export interface AttachRequest__Output {
  /**
   * Version of this contract that the sidecar speaks.
   */
  'contractVersion': (number);
  /**
   * Grows with each attachment of one sidecar's life and never repeats for one process.
   */
  'attachment': (number);
  /**
   * Who the process is.
   */
  'partition': (string);
  'segment': (string);
  'ordinal': (number);
  /**
   * Hash of the machine that the sidecar drives.
   */
  'machineHash': (string);
}
