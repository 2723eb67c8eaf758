// Original file: protos/baton/v1/coordinator.proto

import type { TargetView as _baton_v1_TargetView, TargetView__Output as _baton_v1_TargetView__Output } from '../../baton/v1/TargetView.ts';
import type { Operation as _baton_v1_Operation, Operation__Output as _baton_v1_Operation__Output } from '../../baton/v1/Operation.ts';
import type { Run as _baton_v1_Run, Run__Output as _baton_v1_Run__Output } from '../../baton/v1/Run.ts';
import type { Long } from '@grpc/proto-loader';

export interface Partition {
  'name'?: (string);
  /**
   * Common state of the included targets; "mixed" when they differ; "unknown" when none is known.
   */
  'state'?: (string);
  'machine'?: (string);
  'machineHash'?: (string);
  'targets'?: (_baton_v1_TargetView)[];
  /**
   * The open one, else the last one; absent when there was none.
   */
  'operation'?: (_baton_v1_Operation | null);
  /**
   * The present run, else the last one; absent when there was none.
   */
  'run'?: (_baton_v1_Run | null);
  /**
   * Who leads.
   */
  'epoch'?: (number | string | Long);
  /**
   * Highest operation number given out.
   */
  'operationNumber'?: (number | string | Long);
  /**
   * What may be asked now: transitions and sequences, and "goto" when a way leads to another state.
   */
  'allowedNow'?: (string)[];
  /**
   * With a snapshot: targets that found no room in it. So many messages with one target each follow at once.
   */
  'targetsLeft'?: (number);
  /**
   * What people should know of the partition as a whole, one sentence each: that a node is cordoned under its
   * targets, say. At most 8.
   */
  'notices'?: (string)[];
}

export interface Partition__Output {
  'name': (string);
  /**
   * Common state of the included targets; "mixed" when they differ; "unknown" when none is known.
   */
  'state': (string);
  'machine': (string);
  'machineHash': (string);
  'targets': (_baton_v1_TargetView__Output)[];
  /**
   * The open one, else the last one; absent when there was none.
   */
  'operation': (_baton_v1_Operation__Output | null);
  /**
   * The present run, else the last one; absent when there was none.
   */
  'run': (_baton_v1_Run__Output | null);
  /**
   * Who leads.
   */
  'epoch': (number);
  /**
   * Highest operation number given out.
   */
  'operationNumber': (number);
  /**
   * What may be asked now: transitions and sequences, and "goto" when a way leads to another state.
   */
  'allowedNow': (string)[];
  /**
   * With a snapshot: targets that found no room in it. So many messages with one target each follow at once.
   */
  'targetsLeft': (number);
  /**
   * What people should know of the partition as a whole, one sentence each: that a node is cordoned under its
   * targets, say. At most 8.
   */
  'notices': (string)[];
}
