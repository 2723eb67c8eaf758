// A duration as people write it: a number and its unit.

import { TIMEOUT_MS_MAX } from './limits.ts';

/** 596 h, nearly 25 days: the longest duration in hours that a timer of Node can hold. */
export const DURATION_MS_MAX = 2_145_600_000;

/** `30s`, `500ms`, `1.5m`. */
export const DURATION_PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** What a duration looks like, for people. */
export const DURATION_WANTED = 'a duration such as 30s or 500ms';

/** From the largest, so that the text of a duration is the shortest. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]);

/** The milliseconds of a duration; undefined when it is none, not whole, or longer than any timer. */
export function parseDurationMs(text: string): number | undefined {
  const [, count, unit] = DURATION_PATTERN.exec(text) ?? [];
  const unitMs = UNITS.get(unit ?? '');
  if (count === undefined || unitMs === undefined) return undefined;
  // Through a rounding at a millionth: 1.1 s are 1100 ms and not 1100.0000000000002.
  const ms = Math.round(Number(count) * unitMs * 1e6) / 1e6;
  return Number.isInteger(ms) && ms <= TIMEOUT_MS_MAX ? ms : undefined;
}

/** Milliseconds as a duration in the largest unit that holds them whole: `32s`, `1500ms`. */
export function durationText(ms: number): string {
  const [unit, unitMs] = [...UNITS].find(([, each]) => ms >= each && ms % each === 0) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}
