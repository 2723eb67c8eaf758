// Original file: protos/baton/v1/sidecar.proto

import type { Fence as _baton_v1_Fence, Fence__Output as _baton_v1_Fence__Output } from '../../baton/v1/Fence.ts';
import type { LastRequest as _baton_v1_LastRequest, LastRequest__Output as _baton_v1_LastRequest__Output } from '../../baton/v1/LastRequest.ts';
import type { State as _baton_v1_State, State__Output as _baton_v1_State__Output } from '../../baton/v1/State.ts';
import type { PodFacts as _baton_v1_PodFacts, PodFacts__Output as _baton_v1_PodFacts__Output } from '../../baton/v1/PodFacts.ts';

export interface GetStateResponse {
  'partition'?: (string);
  'target'?: (string);
  'podUid'?: (string);
  'fence'?: (_baton_v1_Fence | null);
  'last'?: (_baton_v1_LastRequest | null);
  'state'?: (_baton_v1_State | null);
  /**
   * As the present coordinator told it.
   */
  'podFacts'?: (_baton_v1_PodFacts | null);
}

export interface GetStateResponse__Output {
  'partition': (string);
  'target': (string);
  'podUid': (string);
  'fence': (_baton_v1_Fence__Output | null);
  'last': (_baton_v1_LastRequest__Output | null);
  'state': (_baton_v1_State__Output | null);
  /**
   * As the present coordinator told it.
   */
  'podFacts': (_baton_v1_PodFacts__Output | null);
}
