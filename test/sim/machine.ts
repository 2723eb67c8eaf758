import type { Partition } from '../../coordinator/core/model/partition.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import type { Machine, MachineTransition } from '../../protos/machine/table.ts';
import { compileMachine } from '../../sidecar/machine/compile.ts';

const UP = [['sink'], ['source']];
const DOWN = [['source'], ['sink']];

function transition(
  name: string,
  from: string,
  to: string,
  order: string[][],
  stopPath: boolean,
): MachineTransition {
  return {
    name,
    from: [from],
    to,
    arguments: [],
    timeoutMs: 400,
    onFailure: stopPath ? 'continue' : 'stop',
    stopPath,
    order,
    description: '',
  };
}

/** A DAQ in small: a run with a way down of three steps. */
export const machine: Machine = {
  name: 'small',
  initial: 'idle',
  states: [
    { name: 'idle', ready: true, inRun: false, rest: true, description: '' },
    { name: 'ready', ready: true, inRun: true, rest: false, description: '' },
    { name: 'running', ready: true, inRun: true, rest: false, description: '' },
    { name: 'drained', ready: true, inRun: true, rest: false, description: '' },
  ],
  transitions: [
    transition('start', 'idle', 'ready', UP, false),
    transition('enable', 'ready', 'running', UP, false),
    transition('disable', 'running', 'ready', DOWN, true),
    transition('drain', 'ready', 'drained', DOWN, true),
    transition('stop', 'drained', 'idle', DOWN, true),
  ],
  sequences: [
    {
      name: 'start_run',
      steps: [
        { transition: 'start', optional: false },
        { transition: 'enable', optional: false },
      ],
      description: '',
    },
    {
      name: 'stop_run',
      steps: [
        { transition: 'disable', optional: true },
        { transition: 'drain', optional: false },
        { transition: 'stop', optional: false },
      ],
      description: '',
    },
  ],
};

export const compiled = compileMachine(machine);

export const hash = machineHash(machine);

/** Two sources, of which one may be missed, and a sink. */
export function partition(sourceCritical: boolean, leavePolicy: Partition['leavePolicy']): Partition {
  return {
    name: 'small',
    machine,
    machineHash: hash,
    segments: [
      { name: 'source', members: 2, critical: sourceCritical, minMembers: 1, order: 'together' },
      { name: 'sink', members: 1, critical: true, minMembers: 1, order: 'together' },
    ],
    leavePolicy,
  };
}

/** The same partition after somebody edited its document: sources one after the other. */
export function edited(before: Partition): Partition {
  const [source, ...rest] = before.segments;
  if (source === undefined) return before;
  const order = source.order === 'together' ? ('ascending' as const) : ('together' as const);
  return { ...before, segments: [{ ...source, order }, ...rest] };
}
