// Original file: protos/baton/v1/coordinator.proto

export const ProgressKind = {
  PROGRESS_KIND_UNSPECIFIED: 'PROGRESS_KIND_UNSPECIFIED',
  /**
   * A line of what will be done.
   */
  PROGRESS_KIND_PLAN: 'PROGRESS_KIND_PLAN',
  /**
   * Being done.
   */
  PROGRESS_KIND_STEP: 'PROGRESS_KIND_STEP',
  /**
   * The last message: done.
   */
  PROGRESS_KIND_DONE: 'PROGRESS_KIND_DONE',
} as const;

export type ProgressKind =
  | 'PROGRESS_KIND_UNSPECIFIED'
  | 0
  /**
   * A line of what will be done.
   */
  | 'PROGRESS_KIND_PLAN'
  | 1
  /**
   * Being done.
   */
  | 'PROGRESS_KIND_STEP'
  | 2
  /**
   * The last message: done.
   */
  | 'PROGRESS_KIND_DONE'
  | 3

export type ProgressKind__Output = typeof ProgressKind[keyof typeof ProgressKind]
