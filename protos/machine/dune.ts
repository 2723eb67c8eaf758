// The machine of DUNE's run control: drunc's eight transitions and change_rate, with Baton's marks and orders.
// States that nothing ever enters (paused, error) are left out: error is a flag that the sidecar keeps.

import type { Argument, Machine, MachineTransition, Sequence } from './table.ts';

/** Who waits for data must stand before anybody sends: a fragment without a builder would be lost. */
const CONSUMERS_FIRST = [['writer'], ['builder'], ['readout'], ['trigger']] as const;

/** Who makes data stops before anybody who takes them: what is in flight still finds its consumer. */
const PRODUCERS_FIRST = [['trigger'], ['readout'], ['builder'], ['writer']] as const;

const triggerRate = {
  name: 'trigger_rate',
  type: 'number',
  unit: 'Hz',
  required: false,
  min: 0,
  oneOf: [],
  description: 'How often the trigger fires.',
} as const satisfies Argument;

const startArguments: readonly Argument[] = [
  {
    name: 'disable_data_storage',
    type: 'boolean',
    unit: '',
    required: false,
    default: false,
    oneOf: [],
    description: 'Take data without writing them.',
  },
  triggerRate,
  {
    name: 'production_vs_test',
    type: 'string',
    unit: '',
    required: false,
    default: 'TEST',
    oneOf: ['TEST', 'PROD'],
    description: 'What the run is for.',
  },
];

/** Most transitions take no arguments, stop an operation when they fail, and are not of the stop path. */
const ordinary = { arguments: [], onFailure: 'stop', stopPath: false } as const;

/** A dead readout must not keep the writer's file open: the stop path goes on without it. */
const stopping = { arguments: [], onFailure: 'continue', stopPath: true } as const;

const upward: readonly MachineTransition[] = [
  {
    ...ordinary,
    name: 'conf',
    from: ['initial'],
    to: 'configured',
    timeoutMs: 60_000,
    order: CONSUMERS_FIRST,
    description: 'Take the configuration: make queues and connections.',
  },
  {
    ...ordinary,
    name: 'start',
    from: ['configured'],
    to: 'ready',
    arguments: startArguments,
    timeoutMs: 30_000,
    order: CONSUMERS_FIRST,
    description: 'Begin a run; triggers stay inhibited.',
  },
  {
    ...ordinary,
    name: 'enable_triggers',
    from: ['ready'],
    to: 'running',
    timeoutMs: 10_000,
    order: [['writer', 'builder', 'readout'], ['trigger']],
    description: 'Let trigger decisions through.',
  },
  {
    ...ordinary,
    name: 'change_rate',
    from: ['ready', 'running'],
    arguments: [{ ...triggerRate, default: 1 }],
    timeoutMs: 10_000,
    order: [],
    description: 'Change how often the trigger fires.',
  },
];

// Their sum stays well below the usual grace period of 30 s: a process that must stop alone still can.
const downward: readonly MachineTransition[] = [
  {
    ...stopping,
    name: 'disable_triggers',
    from: ['running'],
    to: 'ready',
    timeoutMs: 2_000,
    order: [['trigger'], ['readout', 'builder', 'writer']],
    description: 'Inhibit triggers.',
  },
  {
    ...stopping,
    name: 'drain_dataflow',
    from: ['ready'],
    to: 'dataflow_drained',
    timeoutMs: 10_000,
    order: PRODUCERS_FIRST,
    description: 'Wait until everything in flight has arrived.',
  },
  {
    ...stopping,
    name: 'stop_trigger_sources',
    from: ['dataflow_drained'],
    to: 'trigger_sources_stopped',
    timeoutMs: 4_000,
    order: PRODUCERS_FIRST,
    description: 'Stop the sources and the readout.',
  },
  {
    ...stopping,
    name: 'stop',
    from: ['trigger_sources_stopped'],
    to: 'configured',
    timeoutMs: 4_000,
    order: PRODUCERS_FIRST,
    description: 'End the run.',
  },
  {
    ...ordinary,
    name: 'scrap',
    from: ['configured'],
    to: 'initial',
    timeoutMs: 30_000,
    order: PRODUCERS_FIRST,
    description: 'Forget the configuration.',
  },
];

const sequences: readonly Sequence[] = [
  {
    name: 'start_run',
    steps: [
      { transition: 'conf', optional: true },
      { transition: 'start', optional: false },
      { transition: 'enable_triggers', optional: false },
    ],
    description: 'Configure if need be, begin a run and let triggers through.',
  },
  {
    name: 'stop_run',
    steps: [
      { transition: 'disable_triggers', optional: true },
      { transition: 'drain_dataflow', optional: false },
      { transition: 'stop_trigger_sources', optional: false },
      { transition: 'stop', optional: false },
    ],
    description: 'Bring the run to its end in order.',
  },
  {
    name: 'shutdown',
    steps: ['disable_triggers', 'drain_dataflow', 'stop_trigger_sources', 'stop', 'scrap'].map(
      (transition) => ({ transition, optional: true }),
    ),
    description: 'From wherever it is down to initial.',
  },
];

/** The machine that DUNE's processes obey. */
export const dune: Machine = {
  name: 'dune',
  initial: 'initial',
  states: [
    {
      name: 'initial',
      ready: true,
      inRun: false,
      rest: true,
      description: 'The process stands and knows nothing yet.',
    },
    {
      name: 'configured',
      ready: true,
      inRun: false,
      rest: true,
      description: 'Queues and connections exist.',
    },
    {
      name: 'ready',
      ready: true,
      inRun: true,
      rest: false,
      description: 'Trigger primitives are made and dropped: triggers are inhibited.',
    },
    {
      name: 'running',
      ready: true,
      inRun: true,
      rest: false,
      description: 'Triggers pass, data are stored.',
    },
    {
      name: 'dataflow_drained',
      ready: true,
      inRun: true,
      rest: false,
      description: 'Nothing is in flight any more; sources still run.',
    },
    {
      name: 'trigger_sources_stopped',
      ready: true,
      inRun: true,
      rest: false,
      description: 'Sources and readout have stopped.',
    },
  ],
  transitions: [...upward, ...downward],
  sequences,
};
