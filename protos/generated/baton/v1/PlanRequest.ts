// Original file: protos/baton/v1/coordinator.proto

import type { Command as _baton_v1_Command, Command__Output as _baton_v1_Command__Output } from '../../baton/v1/Command.ts';

export interface PlanRequest {
  'command'?: (_baton_v1_Command | null);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition'?: (string);
}

export interface PlanRequest__Output {
  'command': (_baton_v1_Command__Output | null);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition': (string);
}
