// Original file: protos/baton/v1/machine.proto

/**
 * What happens to the rest of an operation when a target did not execute a transition.
 */
export const OnFailure = {
  ON_FAILURE_UNSPECIFIED: 'ON_FAILURE_UNSPECIFIED',
  /**
   * No further wave starts; the operation ends failed.
   */
  ON_FAILURE_STOP: 'ON_FAILURE_STOP',
  /**
   * The other targets go on; the operation still ends failed.
   */
  ON_FAILURE_CONTINUE: 'ON_FAILURE_CONTINUE',
} as const;

/**
 * What happens to the rest of an operation when a target did not execute a transition.
 */
export type OnFailure =
  | 'ON_FAILURE_UNSPECIFIED'
  | 0
  /**
   * No further wave starts; the operation ends failed.
   */
  | 'ON_FAILURE_STOP'
  | 1
  /**
   * The other targets go on; the operation still ends failed.
   */
  | 'ON_FAILURE_CONTINUE'
  | 2

/**
 * What happens to the rest of an operation when a target did not execute a transition.
 */
export type OnFailure__Output = typeof OnFailure[keyof typeof OnFailure]
