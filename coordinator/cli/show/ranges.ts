// Many targets in few words.

import type { OrdinalRange__Output } from '../../../protos/generated/baton/v1/OrdinalRange.ts';

/** Ranges of ordinals that are written out; more are told as `146 of readout-0..149`. */
const RANGES_MAX = 3;

/** `readout-0..3`, `readout-0..3,7`. */
export function memberWords(segment: string, ranges: readonly OrdinalRange__Output[]): string {
  const shown = ranges.map(({ first, last }) => (first === last ? String(first) : `${first}..${last}`));
  return `${segment}-${shown.join(',')}`;
}

/** Members of a segment: `readout-0..3,7`, and with more gaps than one can read `146 of readout-0..149`. */
export function rangeWords(segment: string, ordinals: readonly number[]): string {
  const ascending = ordinals.toSorted((a, b) => a - b);
  const ranges = rangesOf(ascending);
  if (ranges.length <= RANGES_MAX) return memberWords(segment, ranges);
  const whole = { first: ascending[0] ?? 0, last: ascending.at(-1) ?? 0 };
  return `${ordinals.length} of ${memberWords(segment, [whole])}`;
}

function rangesOf(ascending: readonly number[]): readonly OrdinalRange__Output[] {
  const ranges: { first: number; last: number }[] = [];
  for (const ordinal of ascending) {
    const last = ranges.at(-1);
    if (last !== undefined && ordinal === last.last + 1) last.last = ordinal;
    else ranges.push({ first: ordinal, last: ordinal });
  }
  return ranges;
}
