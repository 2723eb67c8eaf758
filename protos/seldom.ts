// What strangers can cause as often as they like must not fill a log: a line now and then, with how many it stands for.

/** Between two lines of one kind, in milliseconds. */
export const SELDOM_MS = 60_000;

/**
 * Gives a function that calls `tell` at most once in SELDOM_MS; `tell` hears how often it was not called since the last
 * time. `nowMs` is any clock that does not go back, in milliseconds.
 */
export function seldom(nowMs: () => number): (tell: (untold: number) => void) => void {
  let toldMs: number | undefined;
  let untold = 0;
  return (tell) => {
    const now = nowMs();
    if (toldMs !== undefined && now - toldMs < SELDOM_MS) {
      untold += 1;
      return;
    }
    tell(untold);
    toldMs = now;
    untold = 0;
  };
}
