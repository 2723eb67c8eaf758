/** Longest wait before a restart, in milliseconds. */
export const RESTART_MS_MAX = 30_000;

/** A process that lived this long has earned a fresh start, in milliseconds. */
export const STEADY_MS = 60_000;

/** Wait before the restart after so many quick ends in a row: none, then 1, 2, 4 … 30 s; in milliseconds. */
export function restartDelayMs(quickEnds: number): number {
  return quickEnds <= 1 ? 0 : Math.min(1_000 * 2 ** Math.min(quickEnds - 2, 10), RESTART_MS_MAX);
}
