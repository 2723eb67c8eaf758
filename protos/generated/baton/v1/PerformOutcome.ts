// Original file: protos/baton/v1/process.proto

export const PerformOutcome = {
  PERFORM_OUTCOME_UNSPECIFIED: 'PERFORM_OUTCOME_UNSPECIFIED',
  PERFORM_OUTCOME_EXECUTED: 'PERFORM_OUTCOME_EXECUTED',
  /**
   * Nothing was begun and nothing changed.
   */
  PERFORM_OUTCOME_REFUSED: 'PERFORM_OUTCOME_REFUSED',
  /**
   * It was begun and did not succeed.
   */
  PERFORM_OUTCOME_FAILED: 'PERFORM_OUTCOME_FAILED',
} as const;

export type PerformOutcome =
  | 'PERFORM_OUTCOME_UNSPECIFIED'
  | 0
  | 'PERFORM_OUTCOME_EXECUTED'
  | 1
  /**
   * Nothing was begun and nothing changed.
   */
  | 'PERFORM_OUTCOME_REFUSED'
  | 2
  /**
   * It was begun and did not succeed.
   */
  | 'PERFORM_OUTCOME_FAILED'
  | 3

export type PerformOutcome__Output = typeof PerformOutcome[keyof typeof PerformOutcome]
