import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MemberOrder, Partition } from '../../coordinator/core/model/partition.ts';
import { mergeRoutes } from '../../coordinator/core/plan/merge.ts';
import { wavesOf } from '../../coordinator/core/plan/waves.ts';
import { ordinalsOf, rangesOf, targetsOf } from '../../coordinator/core/targets.ts';
import { minimal } from '../../protos/machine/minimal.ts';

const order: fc.Arbitrary<MemberOrder> = fc.oneof(
  fc.constantFrom('together' as const, 'ascending' as const, 'descending' as const),
  fc.record({ batches: fc.integer({ min: 1, max: 5 }) }),
);

const partition: fc.Arbitrary<Partition> = fc
  .array(fc.record({ members: fc.integer({ min: 1, max: 12 }), order }), { minLength: 1, maxLength: 4 })
  .map((segments) => ({
    name: 'p',
    machine: minimal,
    machineHash: '',
    segments: segments.map(({ members, order }, i) => ({
      name: `s${i}`,
      members,
      critical: true,
      minMembers: members,
      order,
    })),
    leavePolicy: 'stopRun',
  }));

test('every member is in exactly one wave, and no wave is empty', () => {
  fc.assert(
    fc.property(partition, fc.func(fc.boolean()), (p, takesPart) => {
      const all = p.segments.flatMap(({ name, members }) =>
        Array.from({ length: members }, (_, ordinal) => ({
          segment: name,
          ordinal,
          from: 'idle',
          to: 'running',
        })),
      );
      const members = all.filter((member) => takesPart(`${member.segment}-${member.ordinal}`));
      const waves = wavesOf(p, { order: p.segments.map((segment) => [segment.name]) }, members);
      const targets = waves.flatMap((wave) => [...targetsOf(wave)].map((t) => t.target));
      expect(targets.toSorted()).toEqual(members.map((m) => `${m.segment}-${m.ordinal}`).toSorted());
      expect(waves.every((wave) => wave.length > 0)).toBe(true);
    }),
  );
});

test('no later segment of the order stands in an earlier wave', () => {
  fc.assert(
    fc.property(partition, (p) => {
      const members = p.segments.flatMap(({ name, members }) =>
        Array.from({ length: members }, (_, ordinal) => ({
          segment: name,
          ordinal,
          from: 'idle',
          to: 'running',
        })),
      );
      const names = p.segments.map((segment) => segment.name);
      const waves = wavesOf(p, { order: names.map((name) => [name]) }, members);
      const places = waves.map((wave) => wave.map((group) => names.indexOf(group.segment)));
      const flat = places.flat();
      expect(flat).toEqual(flat.toSorted((a, b) => a - b));
    }),
  );
});

test('ranges hold exactly the ordinals they were made of', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 60 })), (ordinals) => {
      const ascending = ordinals.toSorted((a, b) => a - b);
      expect([...ordinalsOf(rangesOf(ascending))]).toEqual(ascending);
    }),
  );
});

test('each route stands in the merged steps in its own order', () => {
  const route = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(route, { maxLength: 4 }), (routes) => {
      const merged = mergeRoutes(routes);
      for (const [index, expected] of routes.entries()) {
        expect(merged.filter((step) => step.takers.has(index)).map((step) => step.transition)).toEqual(
          expected,
        );
      }
    }),
  );
});
