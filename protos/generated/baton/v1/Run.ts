// Original file: protos/baton/v1/coordinator.proto

import type { RunStatus as _baton_v1_RunStatus, RunStatus__Output as _baton_v1_RunStatus__Output } from '../../baton/v1/RunStatus.ts';
import type { Long } from '@grpc/proto-loader';

export interface Run {
  /**
   * 1 to 4294967295.
   */
  'number'?: (number);
  'status'?: (_baton_v1_RunStatus);
  /**
   * Why it is unclean, one sentence for people.
   */
  'cause'?: (string);
  /**
   * Milliseconds since 1970 at the coordinator, for the record.
   */
  'startedAtMs'?: (number | string | Long);
  /**
   * As above; 0 while it goes on.
   */
  'endedAtMs'?: (number | string | Long);
}

export interface Run__Output {
  /**
   * 1 to 4294967295.
   */
  'number': (number);
  'status': (_baton_v1_RunStatus__Output);
  /**
   * Why it is unclean, one sentence for people.
   */
  'cause': (string);
  /**
   * Milliseconds since 1970 at the coordinator, for the record.
   */
  'startedAtMs': (number);
  /**
   * As above; 0 while it goes on.
   */
  'endedAtMs': (number);
}
