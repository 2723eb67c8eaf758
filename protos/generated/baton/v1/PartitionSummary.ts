// Original file: protos/baton/v1/coordinator.proto


export interface PartitionSummary {
  'name'?: (string);
  /**
   * Empty outside a cluster.
   */
  'namespace'?: (string);
  /**
   * As in Partition; empty while it is not led.
   */
  'state'?: (string);
  /**
   * 0 outside a run.
   */
  'runNumber'?: (number);
  /**
   * Title of the open operation; empty when there is none.
   */
  'operation'?: (string);
  /**
   * Why it cannot be led, one sentence; empty when all is well.
   */
  'trouble'?: (string);
}

export interface PartitionSummary__Output {
  'name': (string);
  /**
   * Empty outside a cluster.
   */
  'namespace': (string);
  /**
   * As in Partition; empty while it is not led.
   */
  'state': (string);
  /**
   * 0 outside a run.
   */
  'runNumber': (number);
  /**
   * Title of the open operation; empty when there is none.
   */
  'operation': (string);
  /**
   * Why it cannot be led, one sentence; empty when all is well.
   */
  'trouble': (string);
}
