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

/** Microseconds since the kernel's boot; unlike `nowMs` it goes on from one process to the next. */
export function sinceBootUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** A deadline for a gRPC call, which grpc-js wants as a time of day. */
export function deadlineAfter(delayMs: number): number {
  return Date.now() + delayMs;
}
