// The schema of a duration, apart from what reads one: a command line needs no schemas.

import { z } from 'zod';
import {
  DURATION_MS_MAX,
  DURATION_PATTERN,
  DURATION_WANTED,
  durationText,
  parseDurationMs,
} from './duration.ts';

/** The schema of a duration in text, at least and at most so long; gives milliseconds. */
export function duration(minMs: number, maxMs: number = DURATION_MS_MAX) {
  const span = `${DURATION_WANTED} in ${durationText(minMs)}..${durationText(maxMs)}`;
  return z
    .string({ error: DURATION_WANTED })
    .regex(DURATION_PATTERN, DURATION_WANTED)
    .transform((text, context) => {
      const ms = parseDurationMs(text);
      if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
      context.addIssue({ code: 'custom', message: span, input: text });
      return z.NEVER;
    });
}
