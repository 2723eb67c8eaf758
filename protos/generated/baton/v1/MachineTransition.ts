// Original file: protos/baton/v1/machine.proto

import type { MachineArgument as _baton_v1_MachineArgument, MachineArgument__Output as _baton_v1_MachineArgument__Output } from '../../baton/v1/MachineArgument.ts';
import type { OnFailure as _baton_v1_OnFailure, OnFailure__Output as _baton_v1_OnFailure__Output } from '../../baton/v1/OnFailure.ts';
import type { SegmentGroup as _baton_v1_SegmentGroup, SegmentGroup__Output as _baton_v1_SegmentGroup__Output } from '../../baton/v1/SegmentGroup.ts';

/**
 * One named edge of the machine. The same name may leave several states.
 */
export interface MachineTransition {
  /**
   * At most 63 characters, unique in the machine.
   */
  'name'?: (string);
  /**
   * States it may start from; at least one.
   */
  'from'?: (string)[];
  /**
   * State it leads to; empty means that the state does not change.
   */
  'to'?: (string);
  /**
   * At most 32.
   */
  'arguments'?: (_baton_v1_MachineArgument)[];
  /**
   * How long a process may take for it, in milliseconds, 1 to 2147483647.
   */
  'timeoutMs'?: (number);
  'onFailure'?: (_baton_v1_OnFailure);
  /**
   * True for a transition of the stop path: it also works from error.
   */
  'stopPath'?: (boolean);
  /**
   * Segments that act together, group after group. Empty: all segments at once.
   */
  'order'?: (_baton_v1_SegmentGroup)[];
  /**
   * One sentence for people; at most 500 characters.
   */
  'description'?: (string);
}

/**
 * One named edge of the machine. The same name may leave several states.
 */
export interface MachineTransition__Output {
  /**
   * At most 63 characters, unique in the machine.
   */
  'name': (string);
  /**
   * States it may start from; at least one.
   */
  'from': (string)[];
  /**
   * State it leads to; empty means that the state does not change.
   */
  'to': (string);
  /**
   * At most 32.
   */
  'arguments': (_baton_v1_MachineArgument__Output)[];
  /**
   * How long a process may take for it, in milliseconds, 1 to 2147483647.
   */
  'timeoutMs': (number);
  'onFailure': (_baton_v1_OnFailure__Output);
  /**
   * True for a transition of the stop path: it also works from error.
   */
  'stopPath': (boolean);
  /**
   * Segments that act together, group after group. Empty: all segments at once.
   */
  'order': (_baton_v1_SegmentGroup__Output)[];
  /**
   * One sentence for people; at most 500 characters.
   */
  'description': (string);
}
