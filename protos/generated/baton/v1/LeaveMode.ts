// Original file: protos/baton/v1/sidecar.proto

export const LeaveMode = {
  LEAVE_MODE_UNSPECIFIED: 'LEAVE_MODE_UNSPECIFIED',
  /**
   * The coordinator takes the target down by ordered requests of the stop path.
   */
  LEAVE_MODE_ORDERED: 'LEAVE_MODE_ORDERED',
  /**
   * The sidecar takes its process down by itself, now. The pod goes away.
   */
  LEAVE_MODE_LOCAL: 'LEAVE_MODE_LOCAL',
  /**
   * As LOCAL; the container is only restarted, so the target returns to service.
   */
  LEAVE_MODE_RESTART: 'LEAVE_MODE_RESTART',
  /**
   * As LOCAL; no more than one second is left.
   */
  LEAVE_MODE_FORCED: 'LEAVE_MODE_FORCED',
} as const;

export type LeaveMode =
  | 'LEAVE_MODE_UNSPECIFIED'
  | 0
  /**
   * The coordinator takes the target down by ordered requests of the stop path.
   */
  | 'LEAVE_MODE_ORDERED'
  | 1
  /**
   * The sidecar takes its process down by itself, now. The pod goes away.
   */
  | 'LEAVE_MODE_LOCAL'
  | 2
  /**
   * As LOCAL; the container is only restarted, so the target returns to service.
   */
  | 'LEAVE_MODE_RESTART'
  | 3
  /**
   * As LOCAL; no more than one second is left.
   */
  | 'LEAVE_MODE_FORCED'
  | 4

export type LeaveMode__Output = typeof LeaveMode[keyof typeof LeaveMode]
