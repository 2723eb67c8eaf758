// What is known of the way to one target.

import type { Target } from '../core/model/partition.ts';
import { BACKOFF_MAX_MS, retryMs } from './backoff.ts';
import type { Place } from './discovery.ts';
import type { ControlStream } from './stream.ts';

/** Changed in place by the dispatcher. */
export type Link = {
  readonly target: Target;
  stream: ControlStream | undefined;
  /** Where it was dialled last, or was to be. */
  place: Place | undefined;
  welcomedAtMs: number;
  failures: number;
  /** The next attempt, after one that failed. */
  retry: NodeJS.Timeout | undefined;
  /** The cause that the core was told last; empty while it is connected. */
  told: string | undefined;
};

export function newLink(target: Target): Link {
  return {
    target,
    stream: undefined,
    place: undefined,
    welcomedAtMs: 0,
    failures: 0,
    retry: undefined,
    told: undefined,
  };
}

/**
 * Its stream, or an attempt at one, has ended: how long to wait before the next attempt, in milliseconds. One that is
 * welcomed and thrown out again and again must not be dialled at the shortest interval. `away` counts all that have no
 * stream, with this one; `random` in 0..1.
 */
export function pauseAfter(
  link: Link,
  { nowMs, away, random }: { readonly nowMs: number; readonly away: number; readonly random: number },
): number {
  const stood = link.told === '' && nowMs - link.welcomedAtMs > BACKOFF_MAX_MS;
  link.failures = stood ? 1 : link.failures + 1;
  return retryMs(link.failures, away, random);
}
