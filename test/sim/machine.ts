import type { Partition } from '../../coordinator/core/model/partition.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import type { Machine, MachineTransition } from '../../protos/machine/table.ts';
import { compileMachine } from '../../sidecar/machine/compile.ts';

const UP = [['sink'], ['source']];
const DOWN = [['source'], ['sink']];

function transition(
  timeoutMs: number,
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
    timeoutMs,
    onFailure: stopPath ? 'continue' : 'stop',
    stopPath,
    order,
    description: '',
  };
}

/** A DAQ in small: a run with a way down of three steps. */
const small = (timeoutMs: number): Machine => ({
  name: 'small',
  initial: 'idle',
  states: [
    { name: 'idle', ready: true, inRun: false, rest: true, description: '' },
    { name: 'ready', ready: true, inRun: true, rest: false, description: '' },
    { name: 'running', ready: true, inRun: true, rest: false, description: '' },
    { name: 'drained', ready: true, inRun: true, rest: false, description: '' },
  ],
  transitions: [
    transition(timeoutMs, 'start', 'idle', 'ready', UP, false),
    transition(timeoutMs, 'enable', 'ready', 'running', UP, false),
    transition(timeoutMs, 'disable', 'running', 'ready', DOWN, true),
    transition(timeoutMs, 'drain', 'ready', 'drained', DOWN, true),
    transition(timeoutMs, 'stop', 'drained', 'idle', DOWN, true),
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
});

/** What a pod is created with. */
export type Table = {
  readonly machine: Machine;
  readonly hash: string;
  readonly compiled: ReturnType<typeof compileMachine>;
};

function table(machine: Machine): Table {
  return { machine, hash: machineHash(machine), compiled: compileMachine(machine) };
}

/** The same states and transitions in two tables, which are two machines for all that. */
const TABLES = [table(small(400)), table(small(350))] as const;

/** What every process obeys, whichever of the tables its sidecar holds. */
export const { machine } = TABLES[0];

/** What pods are created with under this document. */
export function tableOf({ machineHash: hash }: Partition): Table {
  const found = TABLES.find((each) => each.hash === hash);
  if (found === undefined) throw new Error('a document has one of the two machines');
  return found;
}

/** Two sources, of which one may be missed, and a sink. */
export function partition(sourceCritical: boolean, leavePolicy: Partition['leavePolicy']): Partition {
  return {
    name: 'small',
    machine,
    machineHash: TABLES[0].hash,
    segments: [
      { name: 'source', members: 2, critical: sourceCritical, minMembers: 1, order: 'together' },
      { name: 'sink', members: 1, critical: true, minMembers: 1, order: 'together' },
    ],
    leavePolicy,
  };
}

/** The same partition with so many sources. */
export function withSources(before: Partition, members: number): Partition {
  const [source, ...rest] = before.segments;
  if (source === undefined) return before;
  return { ...before, segments: [{ ...source, members }, ...rest] };
}

/** The same partition with the other machine. */
export function withOtherMachine(before: Partition): Partition {
  const { hash, machine } = TABLES[0].hash === before.machineHash ? TABLES[1] : TABLES[0];
  return { ...before, machine, machineHash: hash };
}

/** The same partition after somebody edited its order: sources one after the other. */
export function edited(before: Partition): Partition {
  const [source, ...rest] = before.segments;
  if (source === undefined) return before;
  const order = source.order === 'together' ? ('ascending' as const) : ('together' as const);
  return { ...before, segments: [{ ...source, order }, ...rest] };
}
