// The hash answers one question: do two sides hold the same table? It guards against mistakes, not against
// anybody who builds a second table with the same hash on purpose.

import type { Machine } from './table.ts';

/**
 * 16 hexadecimal digits over the whole table, the same wherever and in whatever key order the table was
 * written. An identity check, not a secret.
 */
export function machineHash(machine: Machine): string {
  const text = canonical(machine);
  // Two lanes of 32 bits with unlike multipliers; each stirs the other in at the end, so that a difference
  // in one character reaches all 64 bits.
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
  }
  const lowMixed = mix(low) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  const highMixed = mix(high) ^ Math.imul(lowMixed ^ (lowMixed >>> 13), 0xc2b2ae35);
  return hex(highMixed) + hex(lowMixed);
}

/** JSON with sorted keys and without absent values: one text for one table. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, held]) => held !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, held]) => `${JSON.stringify(key)}:${canonical(held)}`);
  return `{${entries.join(',')}}`;
}

function mix(lane: number): number {
  return Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
