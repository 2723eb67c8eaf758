// Original file: protos/baton/v1/coordinator.proto

import type { Partition as _baton_v1_Partition, Partition__Output as _baton_v1_Partition__Output } from '../../baton/v1/Partition.ts';
import type { TargetView as _baton_v1_TargetView, TargetView__Output as _baton_v1_TargetView__Output } from '../../baton/v1/TargetView.ts';
import type { Operation as _baton_v1_Operation, Operation__Output as _baton_v1_Operation__Output } from '../../baton/v1/Operation.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchResponse {
  /**
   * Grows with each change of the coordinator's picture; starts anew with a new leader.
   */
  'revision'?: (number | string | Long);
  /**
   * First message of a stream, and again when targets came or went: nothing told before counts any more.
   */
  'snapshot'?: (_baton_v1_Partition | null);
  /**
   * A target changed.
   */
  'target'?: (_baton_v1_TargetView | null);
  /**
   * An operation was accepted, went on or ended.
   */
  'operation'?: (_baton_v1_Operation | null);
  /**
   * State, run or leader changed; targets and operation are left out.
   */
  'partition'?: (_baton_v1_Partition | null);
  'change'?: "snapshot"|"target"|"operation"|"partition";
}

export interface WatchResponse__Output {
  /**
   * Grows with each change of the coordinator's picture; starts anew with a new leader.
   */
  'revision': (number);
  /**
   * First message of a stream, and again when targets came or went: nothing told before counts any more.
   */
  'snapshot'?: (_baton_v1_Partition__Output | null);
  /**
   * A target changed.
   */
  'target'?: (_baton_v1_TargetView__Output | null);
  /**
   * An operation was accepted, went on or ended.
   */
  'operation'?: (_baton_v1_Operation__Output | null);
  /**
   * State, run or leader changed; targets and operation are left out.
   */
  'partition'?: (_baton_v1_Partition__Output | null);
  'change'?: "snapshot"|"target"|"operation"|"partition";
}
