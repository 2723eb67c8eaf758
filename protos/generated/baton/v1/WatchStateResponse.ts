// Original file: protos/baton/v1/sidecar.proto

import type { State as _baton_v1_State, State__Output as _baton_v1_State__Output } from '../../baton/v1/State.ts';

export interface WatchStateResponse {
  'state'?: (_baton_v1_State | null);
}

export interface WatchStateResponse__Output {
  'state': (_baton_v1_State__Output | null);
}
