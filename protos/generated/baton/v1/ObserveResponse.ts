// Original file: protos/baton/v1/process.proto

import type { ProcessState as _baton_v1_ProcessState, ProcessState__Output as _baton_v1_ProcessState__Output } from '../../baton/v1/ProcessState.ts';

export interface ObserveResponse {
  'state'?: (_baton_v1_ProcessState | null);
}

export interface ObserveResponse__Output {
  'state': (_baton_v1_ProcessState__Output | null);
}
