/** P7: a repeat of an older id is refused as expired, not guessed. */
export const OPERATIONS_REMEMBERED_MAX = 256;

export const RUNS_REMEMBERED_MAX = 1_000;

/** Run numbers are 32 bits wide wherever they travel. */
export const RUN_NUMBER_MAX = 4_294_967_295;

/** What an answer may take on its way beyond the process's own budget, in milliseconds. */
export const ANSWER_MARGIN_MS = 1_000;

/** Between the two times a silent target is asked again, in milliseconds. */
export const REASK_MS = 1_000;

/** How long a process may take for recover, in milliseconds. */
export const RECOVER_BUDGET_MS = 30_000;

/** Ended pods of one target that are kept in mind: an operation names only a recent one. */
export const ENDED_PODS_MAX = 8;

/** Troubles that an operation keeps; further ones only count in its outcome. */
export const TROUBLES_MAX = 1_000;
