// Original file: protos/baton/v1/sidecar.proto

import type { Hello as _baton_v1_Hello, Hello__Output as _baton_v1_Hello__Output } from '../../baton/v1/Hello.ts';
import type { Request as _baton_v1_Request, Request__Output as _baton_v1_Request__Output } from '../../baton/v1/Request.ts';
import type { Settle as _baton_v1_Settle, Settle__Output as _baton_v1_Settle__Output } from '../../baton/v1/Settle.ts';
import type { GiveUp as _baton_v1_GiveUp, GiveUp__Output as _baton_v1_GiveUp__Output } from '../../baton/v1/GiveUp.ts';
import type { Leave as _baton_v1_Leave, Leave__Output as _baton_v1_Leave__Output } from '../../baton/v1/Leave.ts';
import type { Heartbeat as _baton_v1_Heartbeat, Heartbeat__Output as _baton_v1_Heartbeat__Output } from '../../baton/v1/Heartbeat.ts';
import type { PodFacts as _baton_v1_PodFacts, PodFacts__Output as _baton_v1_PodFacts__Output } from '../../baton/v1/PodFacts.ts';

/**
 * Coordinator to sidecar. No message is larger than 1 MiB.
 */
export interface ControlRequest {
  'hello'?: (_baton_v1_Hello | null);
  'request'?: (_baton_v1_Request | null);
  'settle'?: (_baton_v1_Settle | null);
  'giveUp'?: (_baton_v1_GiveUp | null);
  'leave'?: (_baton_v1_Leave | null);
  'heartbeat'?: (_baton_v1_Heartbeat | null);
  'podFacts'?: (_baton_v1_PodFacts | null);
  'message'?: "hello"|"request"|"settle"|"giveUp"|"leave"|"heartbeat"|"podFacts";
}

/**
 * Coordinator to sidecar. No message is larger than 1 MiB.
 */
export interface ControlRequest__Output {
  'hello'?: (_baton_v1_Hello__Output | null);
  'request'?: (_baton_v1_Request__Output | null);
  'settle'?: (_baton_v1_Settle__Output | null);
  'giveUp'?: (_baton_v1_GiveUp__Output | null);
  'leave'?: (_baton_v1_Leave__Output | null);
  'heartbeat'?: (_baton_v1_Heartbeat__Output | null);
  'podFacts'?: (_baton_v1_PodFacts__Output | null);
  'message'?: "hello"|"request"|"settle"|"giveUp"|"leave"|"heartbeat"|"podFacts";
}
