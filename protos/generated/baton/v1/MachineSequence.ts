// Original file: protos/baton/v1/machine.proto

import type { SequenceStep as _baton_v1_SequenceStep, SequenceStep__Output as _baton_v1_SequenceStep__Output } from '../../baton/v1/SequenceStep.ts';

/**
 * A named list of transitions.
 */
export interface MachineSequence {
  /**
   * At most 63 characters, not the name of a transition.
   */
  'name'?: (string);
  /**
   * In the order in which they are taken; at least one.
   */
  'steps'?: (_baton_v1_SequenceStep)[];
  /**
   * One sentence for people; at most 500 characters.
   */
  'description'?: (string);
}

/**
 * A named list of transitions.
 */
export interface MachineSequence__Output {
  /**
   * At most 63 characters, not the name of a transition.
   */
  'name': (string);
  /**
   * In the order in which they are taken; at least one.
   */
  'steps': (_baton_v1_SequenceStep__Output)[];
  /**
   * One sentence for people; at most 500 characters.
   */
  'description': (string);
}
