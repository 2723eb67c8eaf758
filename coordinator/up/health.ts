// What probes say of one container, judged as a kubelet judges it. Pure.

import type { ProbeAnswer } from './probe.ts';

/** Failures in a row that are one too many. */
export const FAILURES_MAX = 3;

/** What is known of the present life of a container. */
export type Health = {
  readonly begunMs: number;
  /** Its startup probe has passed: from now on liveness counts. */
  readonly isUp: boolean;
  /** Liveness failures in a row. */
  readonly failures: number;
};

export type Judgement = {
  readonly health: Health;
  /** Nothing to do; it has just come up; it did not come up in time; it cannot recover by itself. */
  readonly verdict: 'none' | 'up' | 'late' | 'dead';
};

/** A life that begins now. */
export function newborn(nowMs: number): Health {
  return { begunMs: nowMs, isUp: false, failures: 0 };
}

/** After one answer, of the startup probe while it is not up, else of the liveness probe. */
export function judge(
  health: Health,
  answer: ProbeAnswer,
  { nowMs, startupMsMax }: { readonly nowMs: number; readonly startupMsMax: number },
): Judgement {
  if (!health.isUp) {
    if (answer.kind === 'yes') return { health: { ...health, isUp: true }, verdict: 'up' };
    return { health, verdict: nowMs - health.begunMs > startupMsMax ? 'late' : 'none' };
  }
  const failures = answer.kind === 'yes' ? 0 : health.failures + 1;
  return { health: { ...health, failures }, verdict: failures >= FAILURES_MAX ? 'dead' : 'none' };
}
