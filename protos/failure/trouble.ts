// Trouble: something went wrong that is neither an answer nor a bug. One catalogue, one table.

/**
 * The codes of trouble with their gRPC status (by name, as in grpc-js's `status`) and whether asking
 * again may help.
 */
export const TROUBLE = {
  MALFORMED: { status: 'INVALID_ARGUMENT', retryable: false },
  REFUSED: { status: 'FAILED_PRECONDITION', retryable: false },
  BUSY: { status: 'ABORTED', retryable: true },
  UNKNOWN_ID: { status: 'NOT_FOUND', retryable: false },
  UNKNOWN_PARTITION: { status: 'NOT_FOUND', retryable: false },
  ID_REUSED: { status: 'ALREADY_EXISTS', retryable: false },
  EXPIRED: { status: 'OUT_OF_RANGE', retryable: false },
  NOT_ALLOWED: { status: 'PERMISSION_DENIED', retryable: false },
  NO_LEADER: { status: 'UNAVAILABLE', retryable: true },
  UNREACHABLE: { status: 'UNAVAILABLE', retryable: true },
  LIMIT: { status: 'RESOURCE_EXHAUSTED', retryable: false },
  STORAGE: { status: 'INTERNAL', retryable: false },
  STOPPING: { status: 'UNAVAILABLE', retryable: true },
} as const;

export type TroubleCode = keyof typeof TROUBLE;

/** One fault in something a person or a program gave us. */
export type Problem = {
  /** Where: `transitions[2].timeoutMs`, or `partition.yaml:12 segments[0].name`. */
  readonly path: string;
  readonly want: string;
  readonly got: string;
};

export type TroubleOptions = {
  readonly cause?: unknown;
  readonly problems?: readonly Problem[];
  readonly facts?: Readonly<Record<string, string>>;
};

/** Trouble with a code, a sentence for the shift crew, and all problems of malformed input at once. */
export class RunControlError extends Error {
  override readonly name = 'RunControlError';
  readonly code: TroubleCode;
  readonly retryable: boolean;
  readonly problems: readonly Problem[];
  /** What a program may act on, by name: with NO_LEADER the `leader`'s address and its `pid`, where known. */
  readonly facts: Readonly<Record<string, string>>;

  constructor(code: TroubleCode, sentence: string, options: TroubleOptions = {}) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = TROUBLE[code].retryable;
    this.problems = options.problems ?? [];
    this.facts = options.facts ?? {};
  }
}

/** One line for one problem: `path: want …, got …`. */
export function problemLine(problem: Problem): string {
  return `${problem.path}: want ${problem.want}, got ${problem.got}`;
}
