// What a candidate does next. Whether a Lease has expired is judged by when its last renewal was seen here: the
// holder's clock may be any.

import type { LeaseRecord } from './record.ts';

export type LeaseDecision =
  /** There is none. */
  | { readonly kind: 'create' }
  /** Nobody holds it, or who did has been silent for its whole duration. */
  | { readonly kind: 'take' }
  /** It is ours. */
  | { readonly kind: 'renew' }
  /** Somebody else holds it, at least until then on the monotonic clock. */
  | { readonly kind: 'wait'; readonly holder: string; readonly untilMs: number };

/** What is known beside the record. */
export type Seen = {
  readonly identity: string;
  /** Since when it has said so here, or has been gone; monotonic. */
  readonly sinceMs: number;
  readonly nowMs: number;
  /** What it said before it was deleted, if that was seen: its holder may not know yet, and has its time. */
  readonly gone?: LeaseRecord | undefined;
};

/** What `identity` does about a Lease that says `record`; undefined: there is none. */
export function decideLease(
  record: LeaseRecord | undefined,
  { identity, sinceMs, nowMs, gone }: Seen,
): LeaseDecision {
  if (record?.holder === identity) return { kind: 'renew' };
  const last = record ?? gone;
  const untilMs = sinceMs + (last?.durationMs ?? 0);
  if (last !== undefined && last.holder !== '' && last.holder !== identity && nowMs < untilMs) {
    return { kind: 'wait', holder: last.holder, untilMs };
  }
  return record === undefined ? { kind: 'create' } : { kind: 'take' };
}
