/** Shortest and longest wait before a sidecar is dialled again, in milliseconds. */
export const BACKOFF_MIN_MS = 50;
export const BACKOFF_MAX_MS = 2_000;

/**
 * Wait before the next attempt, in milliseconds, after `failures` in a row (from 1): it doubles up to the
 * longest. `random` in 0..1 takes away up to a half, so that a thousand sidecars are not dialled in step.
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(failures - 1, 10));
  return full * (1 - random / 2);
}
