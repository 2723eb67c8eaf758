// The machine of ALICE's processes that speak OCC (OCClib's states), with Baton's marks and orders. Names are
// small here as everywhere in Baton, and an adapter speaks them to the process in capitals: configure is its
// CONFIGURE. ERROR is no state: error is a flag that the sidecar keeps, and RECOVER is Baton's own `recover`.
// EXIT and DONE are left out: a process ends when its pod does, and a stop path never ends it. PAUSED is left out
// since OCClib itself does not take its events.

import type { Machine, MachineTransition } from './table.ts';

/** Who makes data stands last and stops first; segments are called as the parts of ALICE's data taking are. */
const CONSUMERS_FIRST = [['writer'], ['builder'], ['readout'], ['trigger']] as const;
const PRODUCERS_FIRST = [['trigger'], ['readout'], ['builder'], ['writer']] as const;

/** What `executeConfigure` gets has names of its own in each process, so none are fixed here. */
const ordinary = { arguments: [], onFailure: 'stop', stopPath: false } as const;

const transitions: readonly MachineTransition[] = [
  {
    ...ordinary,
    name: 'configure',
    from: ['standby'],
    to: 'configured',
    timeoutMs: 60_000,
    order: CONSUMERS_FIRST,
    description: 'CONFIGURE: take the configuration and make ready for a run.',
  },
  {
    ...ordinary,
    name: 'start',
    from: ['configured'],
    to: 'running',
    timeoutMs: 30_000,
    order: CONSUMERS_FIRST,
    description: 'START: begin a run and take data.',
  },
  {
    ...ordinary,
    name: 'stop',
    from: ['running'],
    to: 'configured',
    // Below the usual grace period of 30 s: a process that must stop alone still can.
    timeoutMs: 20_000,
    onFailure: 'continue',
    stopPath: true,
    order: PRODUCERS_FIRST,
    description: 'STOP: end the run.',
  },
  {
    ...ordinary,
    name: 'reset',
    from: ['configured'],
    to: 'standby',
    timeoutMs: 30_000,
    order: PRODUCERS_FIRST,
    description: 'RESET: forget the configuration.',
  },
];

/** The machine that OCC processes obey. */
export const occ: Machine = {
  name: 'occ',
  initial: 'standby',
  states: [
    {
      name: 'standby',
      ready: true,
      inRun: false,
      rest: true,
      description: 'The process stands and knows nothing yet.',
    },
    { name: 'configured', ready: true, inRun: false, rest: true, description: 'It is ready for a run.' },
    { name: 'running', ready: true, inRun: true, rest: false, description: 'Data are taken.' },
  ],
  transitions,
  sequences: [
    {
      name: 'start_run',
      steps: [
        { transition: 'configure', optional: true },
        { transition: 'start', optional: false },
      ],
      description: 'Configure if need be and begin a run.',
    },
    {
      name: 'stop_run',
      steps: [{ transition: 'stop', optional: false }],
      description: 'Bring the run to its end in order.',
    },
    {
      name: 'shutdown',
      steps: [
        { transition: 'stop', optional: true },
        { transition: 'reset', optional: true },
      ],
      description: 'From wherever it is down to standby.',
    },
  ],
};
