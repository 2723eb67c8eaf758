// What cannot be read must hide nothing that can, and must not make anything else look wrong.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from '../../coordinator/document/parse.ts';
import { isWithin } from '../../coordinator/document/repair.ts';
import { readTable } from '../../coordinator/document/table.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { dune } from '../../protos/machine/dune.ts';
import { type FieldPath, splitPath } from '../../protos/machine/fieldPath.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { PATH } from './documents.ts';

/** A good document with every section that has rules of its own. */
const DOCUMENT = {
  apiVersion: 'baton.dev/v1alpha1',
  kind: 'Partition',
  metadata: { name: 'small' },
  spec: {
    machine: structuredClone(minimal),
    timeouts: { start: '5s', stop: '4s' },
    orders: { start: [['sink'], ['source']], stop: [['source', 'sink']] },
    heartbeatInterval: '2s',
    segments: [
      {
        name: 'source',
        members: 4,
        critical: false,
        minMembers: 3,
        order: { batches: 2 },
        adapter: { type: 'grpc', port: 7600 },
        process: { command: ['sleep', '100'], workingDirectory: '.', environment: { A: 'b' } },
        stop: { gracePeriod: '10s', margin: '1s' },
      },
      { name: 'sink', members: 1, process: { command: ['sleep', '100'] } },
    ],
    ports: { coordinator: 7400, sidecars: 7500, probes: 7700 },
  },
};

/** Every place in a value but the value itself. */
function* placesIn(value: unknown, path: FieldPath = []): Generator<FieldPath> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    yield at;
    yield* placesIn(child, at);
  }
}

/** A copy with a value of another kind at each of the places. */
function spoilt(value: unknown, places: readonly FieldPath[]): unknown {
  // Not structuredClone, which keeps shared what is shared.
  const copy: unknown = JSON.parse(JSON.stringify(value));
  for (const place of places) {
    const holder = place
      .slice(0, -1)
      .reduce<unknown>((at, key) => (Object(at) === at ? Reflect.get(Object(at), key) : undefined), copy);
    const last = place.at(-1);
    // Within a place that was spoilt before there is nothing left to spoil.
    if (typeof holder !== 'object' || holder === null || last === undefined) continue;
    const before: unknown = Reflect.get(holder, last);
    Reflect.set(holder, last, typeof before === 'object' ? 5 : {});
  }
  return copy;
}

function somePlaces(value: unknown) {
  return fc.uniqueArray(fc.constantFrom(...placesIn(value)), { minLength: 1, maxLength: 4 });
}

test('in a good machine only what was spoilt is wrong', () => {
  fc.assert(
    fc.property(somePlaces(dune), (places) => {
      const { faults } = readTable(spoilt(dune, places));
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.filter(({ path }) => !isWithin(path, places))).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('in a good document only what was spoilt is wrong', async () => {
  await parseDocument(JSON.stringify(DOCUMENT), PATH);
  await fc.assert(
    fc.asyncProperty(somePlaces(DOCUMENT), async (places) => {
      const paths = await pathsOf(JSON.stringify(spoilt(DOCUMENT, places)));
      expect(paths.length).toBeGreaterThan(0);
      expect(paths.filter((path) => !isWithin(path, places))).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

async function pathsOf(text: string): Promise<readonly FieldPath[]> {
  try {
    await parseDocument(text, PATH);
    return [];
  } catch (error) {
    if (!(error instanceof RunControlError)) throw error;
    return error.problems.map(({ path }) => splitPath(path.replace(/^[^ ]* /, '')));
  }
}

test('what is wrong elsewhere is told although something cannot be read', async () => {
  const { spec } = DOCUMENT;
  const [start, stop] = spec.machine.transitions;
  const document = {
    ...DOCUMENT,
    spec: {
      ...spec,
      machine: {
        ...spec.machine,
        transitions: [
          { ...start, timeoutMs: 'soon', from: ['idel'] },
          { ...stop, description: 7, timeoutMs: 0 },
        ],
      },
      ports: { ...spec.ports, sidecars: 7400 },
      segments: [
        { ...spec.segments[0], members: 'many', stop: { gracePeriod: 'long' } },
        { ...spec.segments[1], name: 'source', minMembers: 2, process: { command: ['sleep', '{ordnal}'] } },
      ],
    },
  };
  const paths = (await pathsOf(JSON.stringify(document))).map((path) => path.slice(1).join('.'));
  expect(paths.toSorted()).toEqual(
    [
      'machine.transitions.0.timeoutMs',
      'machine.transitions.0.from.0',
      'machine.transitions.1.description',
      'machine.transitions.1.timeoutMs',
      'ports.sidecars',
      'segments.0.members',
      'segments.0.stop.gracePeriod',
      'segments.1.name',
      'segments.1.minMembers',
      'segments.1.process.command.1',
    ].toSorted(),
  );
});
