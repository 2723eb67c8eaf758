// Original file: protos/baton/v1/coordinator.proto


/**
 * Targets by name ("readout-3") or segment ("readout"); empty means all to which the command applies.
 */
export interface TargetList {
  /**
   * At most 10000.
   */
  'targets'?: (string)[];
}

/**
 * Targets by name ("readout-3") or segment ("readout"); empty means all to which the command applies.
 */
export interface TargetList__Output {
  /**
   * At most 10000.
   */
  'targets': (string)[];
}
