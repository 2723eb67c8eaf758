// When triggers are due. It counts from one beginning, so that a late timer does not lower the rate.

/** No more triggers are given at once; those beyond it were due while the process stood still. */
export const BURST_MAX = 100;

export type Pace = { readonly rateHz: number; readonly sinceMs: number; readonly done: number };

/** A pace that begins now. */
export function newPace(rateHz: number, nowMs: number): Pace {
  return { rateHz, sinceMs: nowMs, done: 0 };
}

/** How many triggers are due now, how many of them are too many at once, and the pace after that. */
export function dueNow(
  pace: Pace,
  nowMs: number,
): { readonly pace: Pace; readonly due: number; readonly missed: number } {
  const total = Math.floor(((nowMs - pace.sinceMs) * pace.rateHz) / 1_000);
  const waiting = Math.max(0, total - pace.done);
  const due = Math.min(waiting, BURST_MAX);
  return { pace: { ...pace, done: pace.done + waiting }, due, missed: waiting - due };
}

/** Milliseconds until the next one, at least 1; undefined when the rate is 0. */
export function nextInMs(pace: Pace, nowMs: number): number | undefined {
  if (pace.rateHz === 0) return undefined;
  const atMs = pace.sinceMs + ((pace.done + 1) * 1_000) / pace.rateHz;
  return Math.max(1, Math.ceil(atMs - nowMs));
}
