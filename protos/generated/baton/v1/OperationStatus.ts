// Original file: protos/baton/v1/coordinator.proto

export const OperationStatus = {
  OPERATION_STATUS_UNSPECIFIED: 'OPERATION_STATUS_UNSPECIFIED',
  OPERATION_STATUS_OPEN: 'OPERATION_STATUS_OPEN',
  /**
   * Every target executed every step.
   */
  OPERATION_STATUS_SUCCEEDED: 'OPERATION_STATUS_SUCCEEDED',
  OPERATION_STATUS_FAILED: 'OPERATION_STATUS_FAILED',
  OPERATION_STATUS_CANCELLED: 'OPERATION_STATUS_CANCELLED',
} as const;

export type OperationStatus =
  | 'OPERATION_STATUS_UNSPECIFIED'
  | 0
  | 'OPERATION_STATUS_OPEN'
  | 1
  /**
   * Every target executed every step.
   */
  | 'OPERATION_STATUS_SUCCEEDED'
  | 2
  | 'OPERATION_STATUS_FAILED'
  | 3
  | 'OPERATION_STATUS_CANCELLED'
  | 4

export type OperationStatus__Output = typeof OperationStatus[keyof typeof OperationStatus]
