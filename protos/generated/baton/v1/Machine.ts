// Original file: protos/baton/v1/machine.proto

import type { MachineState as _baton_v1_MachineState, MachineState__Output as _baton_v1_MachineState__Output } from '../../baton/v1/MachineState.ts';
import type { MachineTransition as _baton_v1_MachineTransition, MachineTransition__Output as _baton_v1_MachineTransition__Output } from '../../baton/v1/MachineTransition.ts';
import type { MachineSequence as _baton_v1_MachineSequence, MachineSequence__Output as _baton_v1_MachineSequence__Output } from '../../baton/v1/MachineSequence.ts';

/**
 * The table of states, transitions, sequences and segment orders that targets obey.
 * Both sides hold the same table and compare its hash before anything moves.
 */
export interface Machine {
  /**
   * Name of the machine, e.g. "dune". At most 63 characters.
   */
  'name'?: (string);
  /**
   * Hash of the whole table, 16 hexadecimal digits. Two tables with one hash are the same table.
   */
  'hash'?: (string);
  /**
   * State of a process that has just attached and was told nothing yet.
   */
  'initial'?: (string);
  /**
   * At most 64.
   */
  'states'?: (_baton_v1_MachineState)[];
  /**
   * At most 128.
   */
  'transitions'?: (_baton_v1_MachineTransition)[];
  /**
   * At most 32.
   */
  'sequences'?: (_baton_v1_MachineSequence)[];
}

/**
 * The table of states, transitions, sequences and segment orders that targets obey.
 * Both sides hold the same table and compare its hash before anything moves.
 */
export interface Machine__Output {
  /**
   * Name of the machine, e.g. "dune". At most 63 characters.
   */
  'name': (string);
  /**
   * Hash of the whole table, 16 hexadecimal digits. Two tables with one hash are the same table.
   */
  'hash': (string);
  /**
   * State of a process that has just attached and was told nothing yet.
   */
  'initial': (string);
  /**
   * At most 64.
   */
  'states': (_baton_v1_MachineState__Output)[];
  /**
   * At most 128.
   */
  'transitions': (_baton_v1_MachineTransition__Output)[];
  /**
   * At most 32.
   */
  'sequences': (_baton_v1_MachineSequence__Output)[];
}
