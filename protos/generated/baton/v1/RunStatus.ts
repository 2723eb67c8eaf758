// Original file: protos/baton/v1/coordinator.proto

export const RunStatus = {
  RUN_STATUS_UNSPECIFIED: 'RUN_STATUS_UNSPECIFIED',
  RUN_STATUS_OPEN: 'RUN_STATUS_OPEN',
  /**
   * Every step of the stop path was executed by every target that took part.
   */
  RUN_STATUS_CLEAN: 'RUN_STATUS_CLEAN',
  RUN_STATUS_UNCLEAN: 'RUN_STATUS_UNCLEAN',
} as const;

export type RunStatus =
  | 'RUN_STATUS_UNSPECIFIED'
  | 0
  | 'RUN_STATUS_OPEN'
  | 1
  /**
   * Every step of the stop path was executed by every target that took part.
   */
  | 'RUN_STATUS_CLEAN'
  | 2
  | 'RUN_STATUS_UNCLEAN'
  | 3

export type RunStatus__Output = typeof RunStatus[keyof typeof RunStatus]
