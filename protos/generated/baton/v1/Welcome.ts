// Original file: protos/baton/v1/sidecar.proto

import type { Fence as _baton_v1_Fence, Fence__Output as _baton_v1_Fence__Output } from '../../baton/v1/Fence.ts';
import type { LastRequest as _baton_v1_LastRequest, LastRequest__Output as _baton_v1_LastRequest__Output } from '../../baton/v1/LastRequest.ts';
import type { State as _baton_v1_State, State__Output as _baton_v1_State__Output } from '../../baton/v1/State.ts';

/**
 * Answers Hello.
 */
export interface Welcome {
  'contractVersion'?: (number);
  'target'?: (string);
  /**
   * One life of the pod; chosen by whoever starts the sidecar. At most 64 characters.
   */
  'podUid'?: (string);
  /**
   * Journal that commands this sidecar; empty when none did yet.
   */
  'journalId'?: (string);
  /**
   * True when another journal commands this sidecar: it takes nothing from this one.
   */
  'foreign'?: (boolean);
  'fence'?: (_baton_v1_Fence | null);
  'machineHash'?: (string);
  /**
   * The last request of the present incarnation that was taken, with its answer unless it is running.
   */
  'last'?: (_baton_v1_LastRequest | null);
  'state'?: (_baton_v1_State | null);
}

/**
 * Answers Hello.
 */
export interface Welcome__Output {
  'contractVersion': (number);
  'target': (string);
  /**
   * One life of the pod; chosen by whoever starts the sidecar. At most 64 characters.
   */
  'podUid': (string);
  /**
   * Journal that commands this sidecar; empty when none did yet.
   */
  'journalId': (string);
  /**
   * True when another journal commands this sidecar: it takes nothing from this one.
   */
  'foreign': (boolean);
  'fence': (_baton_v1_Fence__Output | null);
  'machineHash': (string);
  /**
   * The last request of the present incarnation that was taken, with its answer unless it is running.
   */
  'last': (_baton_v1_LastRequest__Output | null);
  'state': (_baton_v1_State__Output | null);
}
