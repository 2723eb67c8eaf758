// Original file: protos/baton/v1/sidecar.proto

/**
 * FENCED, GONE, BUSY and LEAVING never settle a target; the others do.
 */
export const RefusalCode = {
  REFUSAL_CODE_UNSPECIFIED: 'REFUSAL_CODE_UNSPECIFIED',
  /**
   * Older than the fence.
   */
  REFUSAL_CODE_FENCED: 'REFUSAL_CODE_FENCED',
  /**
   * Meant for another life of the process.
   */
  REFUSAL_CODE_GONE: 'REFUSAL_CODE_GONE',
  /**
   * Another hook is running.
   */
  REFUSAL_CODE_BUSY: 'REFUSAL_CODE_BUSY',
  /**
   * The target goes away and stops by itself.
   */
  REFUSAL_CODE_LEAVING: 'REFUSAL_CODE_LEAVING',
  /**
   * The machine does not allow the transition from the present state.
   */
  REFUSAL_CODE_NOT_ALLOWED: 'REFUSAL_CODE_NOT_ALLOWED',
  /**
   * Coordinator and sidecar hold different machines.
   */
  REFUSAL_CODE_MACHINE_DIFFERS: 'REFUSAL_CODE_MACHINE_DIFFERS',
  /**
   * The process itself refused.
   */
  REFUSAL_CODE_BY_PROCESS: 'REFUSAL_CODE_BY_PROCESS',
  /**
   * No process is attached.
   */
  REFUSAL_CODE_NOT_ATTACHED: 'REFUSAL_CODE_NOT_ATTACHED',
} as const;

/**
 * FENCED, GONE, BUSY and LEAVING never settle a target; the others do.
 */
export type RefusalCode =
  | 'REFUSAL_CODE_UNSPECIFIED'
  | 0
  /**
   * Older than the fence.
   */
  | 'REFUSAL_CODE_FENCED'
  | 1
  /**
   * Meant for another life of the process.
   */
  | 'REFUSAL_CODE_GONE'
  | 2
  /**
   * Another hook is running.
   */
  | 'REFUSAL_CODE_BUSY'
  | 3
  /**
   * The target goes away and stops by itself.
   */
  | 'REFUSAL_CODE_LEAVING'
  | 4
  /**
   * The machine does not allow the transition from the present state.
   */
  | 'REFUSAL_CODE_NOT_ALLOWED'
  | 6
  /**
   * Coordinator and sidecar hold different machines.
   */
  | 'REFUSAL_CODE_MACHINE_DIFFERS'
  | 7
  /**
   * The process itself refused.
   */
  | 'REFUSAL_CODE_BY_PROCESS'
  | 8
  /**
   * No process is attached.
   */
  | 'REFUSAL_CODE_NOT_ATTACHED'
  | 9

/**
 * FENCED, GONE, BUSY and LEAVING never settle a target; the others do.
 */
export type RefusalCode__Output = typeof RefusalCode[keyof typeof RefusalCode]
