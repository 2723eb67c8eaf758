// How often something may be done: at once for a few, then only now and then. A target that fails and comes back for
// hours must not fill etcd.

export type PaceLimits = {
  /** How many at once, after a quiet time. */
  readonly burst: number;
  /** How long until there is one more, in milliseconds. */
  readonly everyMs: number;
};

/** What is left at a moment of the monotonic clock. */
export type Pace = { readonly left: number; readonly atMs: number };

/** All of it, before anything was done. */
export function freshPace({ burst }: PaceLimits, nowMs: number): Pace {
  return { left: burst, atMs: nowMs };
}

/** One less; undefined: not now. */
export function take(pace: Pace, limits: PaceLimits, nowMs: number): Pace | undefined {
  const left = leftAt(pace, limits, nowMs);
  return left < 1 ? undefined : { left: left - 1, atMs: nowMs };
}

/** Until `take` gives one, in milliseconds; 0: now. */
export function waitMs(pace: Pace, limits: PaceLimits, nowMs: number): number {
  const left = leftAt(pace, limits, nowMs);
  return left >= 1 ? 0 : Math.ceil((1 - left) * limits.everyMs);
}

function leftAt({ left, atMs }: Pace, { burst, everyMs }: PaceLimits, nowMs: number): number {
  return Math.min(burst, left + (nowMs - atMs) / everyMs);
}
