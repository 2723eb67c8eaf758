// Original file: protos/baton/v1/coordinator.proto

import type { Command as _baton_v1_Command, Command__Output as _baton_v1_Command__Output } from '../../baton/v1/Command.ts';

export interface PlanRequest {
  'command'?: (_baton_v1_Command | null);
}

export interface PlanRequest__Output {
  'command': (_baton_v1_Command__Output | null);
}
