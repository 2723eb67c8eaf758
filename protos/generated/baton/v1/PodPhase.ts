// Original file: protos/baton/v1/coordinator.proto

export const PodPhase = {
  POD_PHASE_UNSPECIFIED: 'POD_PHASE_UNSPECIFIED',
  POD_PHASE_RUNNING: 'POD_PHASE_RUNNING',
  /**
   * The pod goes away: a preStop from now on means leaving.
   */
  POD_PHASE_DELETING: 'POD_PHASE_DELETING',
  /**
   * Process and sidecar have ended.
   */
  POD_PHASE_ENDED: 'POD_PHASE_ENDED',
} as const;

export type PodPhase =
  | 'POD_PHASE_UNSPECIFIED'
  | 0
  | 'POD_PHASE_RUNNING'
  | 1
  /**
   * The pod goes away: a preStop from now on means leaving.
   */
  | 'POD_PHASE_DELETING'
  | 2
  /**
   * Process and sidecar have ended.
   */
  | 'POD_PHASE_ENDED'
  | 3

export type PodPhase__Output = typeof PodPhase[keyof typeof PodPhase]
