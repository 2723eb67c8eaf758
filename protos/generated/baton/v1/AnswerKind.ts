// Original file: protos/baton/v1/sidecar.proto

export const AnswerKind = {
  ANSWER_KIND_UNSPECIFIED: 'ANSWER_KIND_UNSPECIFIED',
  ANSWER_KIND_EXECUTED: 'ANSWER_KIND_EXECUTED',
  ANSWER_KIND_REFUSED: 'ANSWER_KIND_REFUSED',
  ANSWER_KIND_FAILED: 'ANSWER_KIND_FAILED',
  /**
   * Whether the work was done cannot be shown. Final.
   */
  ANSWER_KIND_INTERRUPTED: 'ANSWER_KIND_INTERRUPTED',
} as const;

export type AnswerKind =
  | 'ANSWER_KIND_UNSPECIFIED'
  | 0
  | 'ANSWER_KIND_EXECUTED'
  | 1
  | 'ANSWER_KIND_REFUSED'
  | 2
  | 'ANSWER_KIND_FAILED'
  | 3
  /**
   * Whether the work was done cannot be shown. Final.
   */
  | 'ANSWER_KIND_INTERRUPTED'
  | 4

export type AnswerKind__Output = typeof AnswerKind[keyof typeof AnswerKind]
