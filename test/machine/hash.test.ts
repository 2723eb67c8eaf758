import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dune } from '../../protos/machine/dune.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { machines } from './arbitrary.ts';

// A sidecar of the last release holds the same table: these may change only together with the tables.
test('the hashes of the built-in machines are what they were', () => {
  expect(machineHash(dune)).toBe('a135366ec14ae1cc');
  expect(machineHash(minimal)).toBe('035b27a688deed73');
});

test('the order of keys and absent values do not matter', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).reverse();
    return { ...Object.fromEntries(entries.map(([key, held]) => [key, reversed(held)])), absent: undefined };
  };
  fc.assert(
    fc.property(machines, (machine) => {
      expect(machineHash(reversed(machine) as Machine)).toBe(machineHash(machine));
    }),
  );
});

test('every single change changes the hash', () => {
  const tables: Machine[] = [
    dune,
    { ...dune, name: 'dunf' },
    { ...dune, initial: 'configured' },
    { ...dune, sequences: dune.sequences.slice(1) },
    { ...dune, transitions: dune.transitions.toReversed() },
    ...dune.states.flatMap((state, at) => [
      { ...dune, states: dune.states.with(at, { ...state, ready: !state.ready }) },
      { ...dune, states: dune.states.with(at, { ...state, description: `${state.description} ` }) },
    ]),
    ...dune.transitions.flatMap((transition, at) => [
      {
        ...dune,
        transitions: dune.transitions.with(at, { ...transition, timeoutMs: transition.timeoutMs + 1 }),
      },
      {
        ...dune,
        transitions: dune.transitions.with(at, { ...transition, order: [['x'], ...transition.order] }),
      },
    ]),
  ];
  expect(new Set(tables.map(machineHash)).size).toBe(tables.length);
});

test('both halves of the hash spread over many tables', () => {
  const hashes = Array.from({ length: 5_000 }, (_, at) => machineHash({ ...minimal, name: `m${at}` }));
  expect(new Set(hashes.map((hash) => hash.slice(0, 8))).size).toBeGreaterThan(4_990);
  expect(new Set(hashes.map((hash) => hash.slice(8))).size).toBeGreaterThan(4_990);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);
});
