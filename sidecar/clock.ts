/** Time as the sidecar knows it: monotonic, in milliseconds, from an origin that means nothing. */
export type Clock = {
  nowMs(): number;
  /** Runs `run` once after `delayMs` (0 to 2147483647), unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
};

/** The clock of this process. A step of the machine's time of day does not move it. */
export const monotonicClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The time of day in milliseconds: for what must differ between two lives of the sidecar, never for waiting. */
export function timeOfDayMs(): number {
  return Date.now();
}

/** A deadline for a gRPC call, which grpc-js wants as a time of day. */
export function deadlineAfter(delayMs: number): number {
  return Date.now() + delayMs;
}
