import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialCore } from '../../coordinator/core/core.ts';
import { emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { Incarnation, Partition } from '../../coordinator/core/model/partition.ts';
import type { Core, Observation } from '../../coordinator/core/model/picture.ts';
import { plan } from '../../coordinator/core/plan/plan.ts';
import { allowedNow } from '../../coordinator/core/view.ts';
import { dune } from '../../protos/machine/dune.ts';
import { GO_TO } from '../../protos/machine/limits.ts';

const partition: Partition = {
  name: 'p',
  machine: dune,
  machineHash: 'h',
  segments: [
    { name: 'readout', members: 3, critical: false, minMembers: 2, order: 'together' },
    { name: 'writer', members: 1, critical: true, minMembers: 1, order: 'together' },
  ],
  leavePolicy: 'stopRun',
};

type Place = {
  readonly state: string;
  readonly inError: boolean;
  readonly connected: boolean;
  readonly out: boolean;
};

// Mostly together and well, so that not everything is refused.
const state = fc.constantFrom(...dune.states.map(({ name }) => name));
const rarely = fc.nat({ max: 6 }).map((n) => n === 0);
const place: fc.Arbitrary<Place> = fc.record({
  state,
  inError: rarely,
  connected: rarely.map((is) => !is),
  out: rarely,
});
const places = fc
  .tuple(fc.boolean(), state, fc.array(place, { minLength: 4, maxLength: 4 }))
  .map(([together, common, each]) => (together ? each.map((one) => ({ ...one, state: common })) : each));

function coreOf(stands: readonly Place[]): Core {
  const core = initialCore(partition, emptyJournal);
  const excluded: Record<string, string> = {};
  for (const [at, observation] of [...core.fleet.values()].entries()) {
    const here = stands[at];
    if (here === undefined) throw new Error('a place for each target');
    core.fleet.set(observation.target, seen(observation, here));
    if (here.out) excluded[observation.target] = 'by policy';
  }
  return { ...core, journal: { ...core.journal, excluded } };
}

function seen(observation: Observation, { connected, state, inError }: Place): Observation {
  const reported = {
    ...{ incarnation: 'i' as Incarnation, stateNumber: 1, state, inError, attached: true, doing: undefined },
    ...{ doingTransition: '', leaving: false, cause: '' },
  };
  return { ...observation, connected, machineHash: 'h', reported };
}

test('what is allowed is what the planner takes, and nothing else', () => {
  const names = { transition: dune.transitions, sequence: dune.sequences } as const;
  fc.assert(
    fc.property(places, (stands) => {
      const core = coreOf(stands);
      const taken = (['transition', 'sequence'] as const).flatMap((kind) =>
        names[kind]
          .map(({ name }) => name)
          .filter((name) => plan(core, { kind, name, arguments: {} }).kind === 'planned'),
      );
      const allowed = allowedNow(core);
      expect(allowed.filter((name) => name !== GO_TO)).toEqual(taken);
      const ways = dune.states.filter((each) => {
        const planned = plan(core, { kind: 'goTo', state: each.name, arguments: {} });
        return planned.kind === 'planned' && planned.operation.steps.length > 0;
      });
      expect(allowed.includes(GO_TO)).toBe(ways.length > 0);
    }),
    { numRuns: 1_000 },
  );
});

test('a mixed partition is told of the way together', () => {
  const well = { inError: false, connected: true, out: false };
  const stands = ['ready', 'ready', 'configured', 'ready'].map((state) => ({ ...well, state }));
  expect(allowedNow(coreOf(stands))).toEqual(['drain_dataflow', 'stop_run', 'shutdown', 'goto']);
});

test('a target in error may go to where the others are', () => {
  const well = { state: 'configured', inError: false, connected: true, out: false };
  const stands = [well, well, well, { ...well, state: 'trigger_sources_stopped', inError: true }];
  expect(allowedNow(coreOf(stands))).toContain(GO_TO);
});
