// How long a sidecar may say nothing.

import type { ControlStream } from './stream.ts';

/** How long a sidecar may take from being dialled to its Welcome, in milliseconds. */
export const WELCOME_WITHIN_MS = 5_000;

/** Heartbeats that may be missing before a stream counts as dead (P10). */
export const HEARTBEATS_MISSED_MAX = 3;

/** Why a stream has to be closed on which nothing comes; undefined while it need not. */
export function silenceOf(
  {
    isWelcomed,
    place,
    silentMs,
  }: Pick<ControlStream, 'isWelcomed' | 'place'> & { readonly silentMs: number },
  heartbeatMs: number,
): string | undefined {
  const limitMs = isWelcomed ? HEARTBEATS_MISSED_MAX * heartbeatMs : WELCOME_WITHIN_MS;
  if (silentMs <= limitMs) return undefined;
  return isWelcomed
    ? `the sidecar at ${place.address} was silent for three heartbeats (${limitMs} ms)`
    : `the sidecar at ${place.address} did not answer Hello within ${limitMs} ms`;
}
