// Original file: protos/baton/v1/coordinator.proto

import type { TargetList as _baton_v1_TargetList, TargetList__Output as _baton_v1_TargetList__Output } from '../../baton/v1/TargetList.ts';

/**
 * What an operator asks.
 */
export interface Command {
  /**
   * Name of a transition of the machine.
   */
  'transition'?: (string);
  /**
   * Name of a sequence of the machine.
   */
  'sequence'?: (string);
  /**
   * State to go to by the shortest legal path.
   */
  'goTo'?: (string);
  /**
   * Bring targets out of error or an unknown state.
   */
  'recover'?: (_baton_v1_TargetList | null);
  /**
   * Take over sidecars that another journal commands.
   */
  'adopt'?: (_baton_v1_TargetList | null);
  /**
   * The operator's word that these processes have ended: their outstanding answers are given up.
   */
  'declareGone'?: (_baton_v1_TargetList | null);
  /**
   * Arguments as a JSON object; at most 64 KiB.
   */
  'argumentsJson'?: (string);
  /**
   * With go_to: only these go, as new members do to where the others are. Absent or empty: all.
   */
  'toTargets'?: (_baton_v1_TargetList | null);
  'command'?: "transition"|"sequence"|"goTo"|"recover"|"adopt"|"declareGone";
}

/**
 * What an operator asks.
 */
export interface Command__Output {
  /**
   * Name of a transition of the machine.
   */
  'transition'?: (string);
  /**
   * Name of a sequence of the machine.
   */
  'sequence'?: (string);
  /**
   * State to go to by the shortest legal path.
   */
  'goTo'?: (string);
  /**
   * Bring targets out of error or an unknown state.
   */
  'recover'?: (_baton_v1_TargetList__Output | null);
  /**
   * Take over sidecars that another journal commands.
   */
  'adopt'?: (_baton_v1_TargetList__Output | null);
  /**
   * The operator's word that these processes have ended: their outstanding answers are given up.
   */
  'declareGone'?: (_baton_v1_TargetList__Output | null);
  /**
   * Arguments as a JSON object; at most 64 KiB.
   */
  'argumentsJson': (string);
  /**
   * With go_to: only these go, as new members do to where the others are. Absent or empty: all.
   */
  'toTargets': (_baton_v1_TargetList__Output | null);
  'command'?: "transition"|"sequence"|"goTo"|"recover"|"adopt"|"declareGone";
}
