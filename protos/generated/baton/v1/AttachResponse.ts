// Original file: protos/baton/v1/process.proto

import type { ProcessState as _baton_v1_ProcessState, ProcessState__Output as _baton_v1_ProcessState__Output } from '../../baton/v1/ProcessState.ts';

export interface AttachResponse {
  /**
   * Names this life of the process: chosen at random when it starts, 1 to 64 characters.
   */
  'startId'?: (string);
  'state'?: (_baton_v1_ProcessState | null);
}

export interface AttachResponse__Output {
  /**
   * Names this life of the process: chosen at random when it starts, 1 to 64 characters.
   */
  'startId': (string);
  'state': (_baton_v1_ProcessState__Output | null);
}
