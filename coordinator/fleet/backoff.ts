/** Shortest and longest wait before a sidecar is dialled again, in milliseconds. */
export const BACKOFF_MIN_MS = 50;
export const BACKOFF_MAX_MS = 2_000;

/**
 * An attempt costs about half a millisecond of a processor: of many sidecars that are away together one is dialled
 * again in so many milliseconds on average, however many they are. Up to 400 of them wait no longer for it.
 */
export const RETRY_EVERY_MS = 5;

/**
 * Wait before the next attempt, in milliseconds, after `failures` in a row (from 1): it doubles up to the
 * longest. `random` in 0..1 takes away up to a half, so that a thousand sidecars are not dialled in step.
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(failures - 1, 10));
  return full * (1 - random / 2);
}

/** The same for one of `away` sidecars that are away together: longer, the more they are. */
export function retryMs(failures: number, away: number, random: number): number {
  return Math.max(backoffMs(failures, random), away * RETRY_EVERY_MS * (1 - random / 2));
}
