// Values of options, judged while the line is read.

import { InvalidArgumentError } from 'commander';
import { DURATION_WANTED, parseDurationMs } from '../../../protos/machine/duration.ts';

/** Milliseconds of `30s`; for commander. */
export function durationOf(text: string): number {
  const milliseconds = parseDurationMs(text);
  if (milliseconds === undefined || milliseconds < 1) {
    throw new InvalidArgumentError(`want ${DURATION_WANTED}, got ${JSON.stringify(text)}`);
  }
  return milliseconds;
}

/** A reader of whole numbers from 1 to `max`; for commander. */
export function countUpTo(max: number): (text: string) => number {
  return countFrom(1, max);
}

/** A reader of whole numbers from `min` to `max`; for commander. */
export function countFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`want an integer in ${min}..${max}, got ${JSON.stringify(text)}`);
  };
}
