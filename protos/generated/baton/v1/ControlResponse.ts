// Original file: protos/baton/v1/sidecar.proto

import type { Welcome as _baton_v1_Welcome, Welcome__Output as _baton_v1_Welcome__Output } from '../../baton/v1/Welcome.ts';
import type { Answer as _baton_v1_Answer, Answer__Output as _baton_v1_Answer__Output } from '../../baton/v1/Answer.ts';
import type { State as _baton_v1_State, State__Output as _baton_v1_State__Output } from '../../baton/v1/State.ts';
import type { Settled as _baton_v1_Settled, Settled__Output as _baton_v1_Settled__Output } from '../../baton/v1/Settled.ts';
import type { Heartbeat as _baton_v1_Heartbeat, Heartbeat__Output as _baton_v1_Heartbeat__Output } from '../../baton/v1/Heartbeat.ts';
import type { Leaving as _baton_v1_Leaving, Leaving__Output as _baton_v1_Leaving__Output } from '../../baton/v1/Leaving.ts';

/**
 * Sidecar to coordinator. No message is larger than 1 MiB.
 */
export interface ControlResponse {
  'welcome'?: (_baton_v1_Welcome | null);
  'answer'?: (_baton_v1_Answer | null);
  'state'?: (_baton_v1_State | null);
  'settled'?: (_baton_v1_Settled | null);
  'heartbeat'?: (_baton_v1_Heartbeat | null);
  'leaving'?: (_baton_v1_Leaving | null);
  'message'?: "welcome"|"answer"|"state"|"settled"|"heartbeat"|"leaving";
}

/**
 * Sidecar to coordinator. No message is larger than 1 MiB.
 */
export interface ControlResponse__Output {
  'welcome'?: (_baton_v1_Welcome__Output | null);
  'answer'?: (_baton_v1_Answer__Output | null);
  'state'?: (_baton_v1_State__Output | null);
  'settled'?: (_baton_v1_Settled__Output | null);
  'heartbeat'?: (_baton_v1_Heartbeat__Output | null);
  'leaving'?: (_baton_v1_Leaving__Output | null);
  'message'?: "welcome"|"answer"|"state"|"settled"|"heartbeat"|"leaving";
}
