// Every fault that a table can have, each alone.

import { minimal } from '../../protos/machine/minimal.ts';
import type { Argument, Machine, MachineTransition } from '../../protos/machine/table.ts';

const [idle, running] = minimal.states;
const [start, stop] = minimal.transitions;
const [startRun] = minimal.sequences;
if (!idle || !running || !start || !stop || !startRun) throw new Error('minimal has two states');

const number: Argument = { name: 'x', type: 'number', unit: '', required: false, oneOf: [], description: '' };

/** `minimal` with another start, and with nothing that would then be at fault by itself. */
export function withStart(change: Partial<MachineTransition>): Machine {
  return {
    ...minimal,
    transitions: [{ ...start, ...change } as MachineTransition, stop as MachineTransition],
  };
}

export function withArgument(change: Partial<Argument>): Machine {
  return withStart({ arguments: [{ ...number, ...change }] });
}

/** Each machine has the one fault that its title names. */
export const FAULTS: readonly (readonly [string, Machine])[] = [
  ['no states', { ...minimal, states: [], transitions: [], sequences: [], initial: 'idle' }],
  ['a state twice', { ...minimal, states: [idle, running, { ...running }] }],
  ['a transition twice', { ...minimal, transitions: [start, stop, { ...start }] }],
  ['a sequence twice', { ...minimal, sequences: [startRun, { ...startRun }] }],
  ['an argument twice', withStart({ arguments: [number, { ...number, type: 'boolean' }] })],
  ['a sequence named like a transition', { ...minimal, sequences: [{ ...startRun, name: 'stop' }] }],
  ['a name with a capital', { ...minimal, name: 'Minimal' }],
  ['a name with a hyphen', { ...minimal, sequences: [{ ...startRun, name: 'start-run' }] }],
  ['an empty name', withArgument({ name: '' })],
  ['a name that is too long', { ...minimal, name: 'x'.repeat(64) }],
  ...['recover', 'mixed', 'unknown', 'error'].map(
    (name) => [`the reserved name ${name}`, withArgument({ name })] as const,
  ),
  ['an initial state that does not exist', { ...minimal, initial: 'idel' }],
  ['a source that does not exist', withStart({ from: ['idle', 'runing'] })],
  ['a destination that does not exist', withStart({ to: 'runnning' })],
  ['a state that nothing leads to', { ...minimal, states: [idle, running, { ...idle, name: 'lost' }] }],
  ['a source twice', withStart({ from: ['idle', 'idle'] })],
  [
    'no source',
    {
      ...withStart({ name: 'stay', from: [] }),
      states: [idle],
      transitions: [{ ...start, from: [], to: 'idle' }],
      sequences: [],
    },
  ],
  ['a timeout of nothing', withStart({ timeoutMs: 0 })],
  ['a timeout with a fraction', withStart({ timeoutMs: 1.5 })],
  ['a timeout that no timer holds', withStart({ timeoutMs: 3_000_000_000 })],
  ['a timeout that is no number', withStart({ timeoutMs: Number.NaN })],
  ['a segment twice in an order', withStart({ order: [['a', 'b'], ['a']] })],
  ['an order with an empty group', withStart({ order: [['a'], []] })],
  ['an order with no segment name', withStart({ order: [['A_1']] })],
  [
    'a step that does not exist',
    { ...minimal, sequences: [{ ...startRun, steps: [{ transition: 'strat', optional: false }] }] },
  ],
  ['a sequence without steps', { ...minimal, sequences: [{ ...startRun, steps: [] }] }],
  [
    'a sequence that cannot be walked',
    {
      ...minimal,
      sequences: [
        {
          ...startRun,
          steps: [
            { transition: 'start', optional: false },
            { transition: 'start', optional: false },
          ],
        },
      ],
    },
  ],
  ['a default of another type', withArgument({ default: 'fast' })],
  ['a default below the minimum', withArgument({ min: 1, default: 0 })],
  ['a default above the maximum', withArgument({ max: 1, default: 2, unit: 'Hz' })],
  [
    'a default with a fraction for an integer',
    withArgument({ type: 'integer', min: 0, max: 9, default: 0.5 }),
  ],
  [
    'a default that is none of the choices',
    withArgument({ type: 'string', oneOf: ['A', 'B'], default: 'C' }),
  ],
  ['a default that is too long', withArgument({ type: 'string', default: 'x'.repeat(4_097) })],
  ['a default that is no boolean', withArgument({ type: 'boolean', default: 1 })],
  ['a default for a required argument', withArgument({ required: true, default: 1 })],
  ['a minimum above the maximum', withArgument({ min: 2, max: 1 })],
  ['a limit for a string', withArgument({ type: 'string', max: 1 })],
  ['a limit that is no number', withArgument({ max: Number.POSITIVE_INFINITY })],
  ['a limit with a fraction for an integer', withArgument({ type: 'integer', min: 0.5 })],
  ['choices for a number', withArgument({ oneOf: ['1'] })],
  ['a choice twice', withArgument({ type: 'string', oneOf: ['A', 'A'] })],
  ['a choice that is too long', withArgument({ type: 'string', oneOf: ['x'.repeat(4_097)] })],
  [
    'too many choices',
    withArgument({ type: 'string', oneOf: Array.from({ length: 65 }, (_, at) => `c${at}`) }),
  ],
  ['a unit that is too long', withArgument({ unit: 'x'.repeat(64) })],
  [
    'a description that is too long',
    { ...minimal, states: [{ ...idle, description: 'x'.repeat(501) }, running] },
  ],
  ['a description of a transition that is too long', withStart({ description: 'x'.repeat(501) })],
  ['a description of an argument that is too long', withArgument({ description: 'x'.repeat(501) })],
  [
    'a description of a sequence that is too long',
    { ...minimal, sequences: [{ ...startRun, description: 'x'.repeat(501) }] },
  ],
  [
    'a stop step to a state that does not exist',
    { ...minimal, transitions: [start, { ...stop, to: 'idel' }] },
  ],
  [
    'too many arguments',
    withStart({ arguments: Array.from({ length: 33 }, (_, at) => ({ ...number, name: `x${at}` })) }),
  ],
  ['too many groups', withStart({ order: Array.from({ length: 257 }, (_, at) => [`s${at}`]) })],
  ['too many segments in a group', withStart({ order: [Array.from({ length: 257 }, (_, at) => `s${at}`)] })],
  [
    'too many steps',
    {
      ...minimal,
      sequences: [
        { ...startRun, steps: Array.from({ length: 129 }, () => ({ transition: 'start', optional: true })) },
      ],
    },
  ],
  [
    'too many sequences',
    { ...minimal, sequences: Array.from({ length: 33 }, (_, at) => ({ ...startRun, name: `s${at}` })) },
  ],
  [
    'too many transitions',
    {
      ...minimal,
      transitions: [stop, ...Array.from({ length: 128 }, (_, at) => ({ ...start, name: `start${at}` }))],
      sequences: [],
    },
  ],
  [
    'too many states',
    {
      ...minimal,
      states: [idle, running, ...Array.from({ length: 63 }, (_, at) => ({ ...idle, name: `s${at}` }))],
      transitions: [
        start,
        stop,
        ...Array.from({ length: 63 }, (_, at) => ({ ...start, name: `t${at}`, to: `s${at}` })),
      ],
    },
  ],
  [
    'a table that is too large',
    withStart({
      arguments: Array.from({ length: 2 }, (_, at) => ({
        ...number,
        name: `x${at}`,
        type: 'string',
        oneOf: Array.from({ length: 64 }, (_, choice) => `${choice}`.padStart(2_048, 'x')),
      })),
    }),
  ],
  [
    'an initial state that is not at rest',
    {
      ...minimal,
      states: [
        { ...idle, rest: false },
        { ...running, inRun: false, rest: true },
      ],
      transitions: [
        { ...start, stopPath: true },
        { ...stop, stopPath: false },
      ],
    },
  ],
  ['a state in a run and at rest', { ...minimal, states: [idle, { ...running, rest: true }] }],
  ['a run without a stop path', { ...minimal, transitions: [start, { ...stop, stopPath: false }] }],
  [
    'a state outside a run without a stop path',
    {
      ...minimal,
      states: [idle, { ...running, inRun: false }],
      transitions: [start, { ...stop, stopPath: false }],
    },
  ],
  [
    'a stop step that stays',
    {
      ...minimal,
      transitions: [
        start,
        stop,
        { ...stop, name: 'wait', from: ['running'], to: undefined } as unknown as MachineTransition,
      ],
    },
  ],
  [
    'a stop step into a run',
    { ...minimal, transitions: [start, stop, { ...stop, name: 'undo', from: ['idle'], to: 'running' }] },
  ],
  [
    'a circle of stop steps',
    {
      ...minimal,
      states: [idle, running, { ...running, name: 'paused' }, { ...running, name: 'held' }],
      transitions: [
        start,
        stop,
        // Leads into the circle and is no part of it.
        { ...stop, name: 'release', from: ['held'], to: 'running' },
        { ...start, name: 'hold', from: ['running'], to: 'held' },
        { ...stop, name: 'pause', to: 'paused' },
        { ...stop, name: 'resume', from: ['paused'], to: 'running' },
      ],
    },
  ],
];
