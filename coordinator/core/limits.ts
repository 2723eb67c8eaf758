/** P7: a repeat of an older id is refused as expired, not guessed. */
export const OPERATIONS_REMEMBERED_MAX = 256;

/**
 * The newest of them are remembered whole; of the others only what tells of them and answers a repeat: no waves,
 * and SUMMARY_TROUBLES_MAX troubles. Ten thousand targets one by one would fill 100 MB otherwise.
 */
export const OPERATIONS_IN_FULL_MAX = 16;

/** Troubles that are remembered of an operation which is not among the newest. */
export const SUMMARY_TROUBLES_MAX = 8;

/** Waves of one operation. A document has at most a thousand for each transition. */
export const OPERATION_WAVES_MAX = 4_000;

/** What an operation may take in its record, in characters of JSON, without the targets that were left out. */
export const OPERATION_LENGTH_MAX = 2_097_152;

/** Beyond TROUBLES_MAX troubles of one wave, or left out, each tells no more of its cause, in characters. */
export const SHORT_CAUSE_LENGTH_MAX = 80;

export const RUNS_REMEMBERED_MAX = 1_000;

/** Run numbers are 32 bits wide wherever they travel. */
export const RUN_NUMBER_MAX = 4_294_967_295;

/** What an answer may take on its way beyond the process's own budget, in milliseconds. */
export const ANSWER_MARGIN_MS = 1_000;

/**
 * How long a new leader waits for word of every target before it plans what was asked, in milliseconds. Streams
 * stand much sooner; who swallows Hello for so long counts as not connected.
 */
export const HEARING_MS = 3_000;

/** Between the two times a silent target is asked again, in milliseconds. */
export const REASK_MS = 1_000;

/** How long a process may take for recover, in milliseconds. */
export const RECOVER_BUDGET_MS = 30_000;

/** Ended pods of one target that are kept in mind: an operation names only a recent one. */
export const ENDED_PODS_MAX = 8;

/** Troubles that an operation keeps; further ones only count in its outcome. */
export const TROUBLES_MAX = 1_000;
