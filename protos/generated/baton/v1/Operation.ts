// Original file: protos/baton/v1/coordinator.proto

import type { Command as _baton_v1_Command, Command__Output as _baton_v1_Command__Output } from '../../baton/v1/Command.ts';
import type { OperationStatus as _baton_v1_OperationStatus, OperationStatus__Output as _baton_v1_OperationStatus__Output } from '../../baton/v1/OperationStatus.ts';
import type { Step as _baton_v1_Step, Step__Output as _baton_v1_Step__Output } from '../../baton/v1/Step.ts';
import type { Trouble as _baton_v1_Trouble, Trouble__Output as _baton_v1_Trouble__Output } from '../../baton/v1/Trouble.ts';
import type { Long } from '@grpc/proto-loader';

export interface Operation {
  'id'?: (string);
  'number'?: (number | string | Long);
  'command'?: (_baton_v1_Command | null);
  /**
   * "transition start", "sequence stop_run", "go to configured".
   */
  'title'?: (string);
  'status'?: (_baton_v1_OperationStatus);
  'steps'?: (_baton_v1_Step)[];
  /**
   * Step and wave at which it is, from 0.
   */
  'step'?: (number);
  'wave'?: (number);
  /**
   * Why it failed or was cancelled, one sentence for people.
   */
  'cause'?: (string);
  /**
   * Targets that did not execute, in the order in which it was noticed; at most 1000.
   */
  'troubles'?: (_baton_v1_Trouble)[];
  /**
   * 0 outside a run.
   */
  'runNumber'?: (number);
  'operator'?: (string);
  /**
   * Milliseconds since 1970 at the coordinator, for the record.
   */
  'acceptedAtMs'?: (number | string | Long);
  /**
   * As above; 0 while it is open.
   */
  'finishedAtMs'?: (number | string | Long);
  'cancelRequested'?: (boolean);
}

export interface Operation__Output {
  'id': (string);
  'number': (number);
  'command': (_baton_v1_Command__Output | null);
  /**
   * "transition start", "sequence stop_run", "go to configured".
   */
  'title': (string);
  'status': (_baton_v1_OperationStatus__Output);
  'steps': (_baton_v1_Step__Output)[];
  /**
   * Step and wave at which it is, from 0.
   */
  'step': (number);
  'wave': (number);
  /**
   * Why it failed or was cancelled, one sentence for people.
   */
  'cause': (string);
  /**
   * Targets that did not execute, in the order in which it was noticed; at most 1000.
   */
  'troubles': (_baton_v1_Trouble__Output)[];
  /**
   * 0 outside a run.
   */
  'runNumber': (number);
  'operator': (string);
  /**
   * Milliseconds since 1970 at the coordinator, for the record.
   */
  'acceptedAtMs': (number);
  /**
   * As above; 0 while it is open.
   */
  'finishedAtMs': (number);
  'cancelRequested': (boolean);
}
