// Random tables that are valid by construction, for properties over "every machine".

import fc from 'fast-check';
import type { Machine, MachineState, MachineTransition } from '../../protos/machine/table.ts';

/** Names that programs tend to trip over stand among the ordinary ones. */
const STATE_NAMES = [
  'constructor',
  'idle',
  'doing',
  'toString'.toLowerCase(),
  's0',
  's1',
  's2',
  's3',
] as const;

type Draft = {
  readonly states: number;
  /** States up to this one are at rest, the others in a run. */
  readonly resting: number;
  readonly extra: readonly { readonly from: readonly number[]; readonly to: number | undefined }[];
};

const draft: fc.Arbitrary<Draft> = fc.integer({ min: 1, max: STATE_NAMES.length }).chain((states) =>
  fc.record({
    states: fc.constant(states),
    resting: fc.integer({ min: 1, max: states }),
    extra: fc.array(
      fc.record({
        from: fc.uniqueArray(fc.nat(states - 1), { minLength: 1 }),
        to: fc.option(fc.nat(states - 1), { nil: undefined }),
      }),
      { maxLength: 6 },
    ),
  }),
);

/** A valid machine of 1 to 8 states: a way up, a stop path down, and edges anywhere. */
export const machines: fc.Arbitrary<Machine> = draft.map(({ states, resting, extra }) => ({
  name: 'random',
  initial: nameOf(0),
  states: Array.from({ length: states }, (_, at) => state(at, at < resting)),
  transitions: [
    ...Array.from({ length: states - 1 }, (_, at) => edge(`up${at}`, [at], at + 1, false)),
    ...Array.from({ length: states - resting }, (_, at) => at + resting).map((at) =>
      edge(`down${at}`, [at], at - 1, true),
    ),
    ...extra.map(({ from, to }, at) => edge(`extra${at}`, from, to, false)),
  ],
  sequences: [],
}));

function nameOf(at: number): string {
  return STATE_NAMES[at] ?? 'none';
}

function state(at: number, rest: boolean): MachineState {
  return { name: nameOf(at), ready: true, inRun: !rest, rest, description: '' };
}

function edge(
  name: string,
  from: readonly number[],
  to: number | undefined,
  stopPath: boolean,
): MachineTransition {
  return {
    name,
    from: from.map(nameOf),
    ...(to === undefined ? {} : { to: nameOf(to) }),
    arguments: [],
    timeoutMs: 1_000,
    onFailure: stopPath ? 'continue' : 'stop',
    stopPath,
    order: [],
    description: '',
  };
}
