// A small partition as the coordinator tells it, for tests of what is shown.

import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import type { Step__Output } from '../../protos/generated/baton/v1/Step.ts';
import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';

/** The wall clock of all tests: 2026-11-21 08:56:00Z. */
export const WALL_MS = Date.UTC(2026, 10, 21, 8, 56, 0);

/** A target that stands in `running` and is well, unless told otherwise. */
export function target(name: string, changes: Partial<TargetView__Output> = {}): TargetView__Output {
  const at = name.lastIndexOf('-');
  return {
    target: name,
    segment: name.slice(0, at),
    ordinal: Number(name.slice(at + 1)),
    connected: true,
    incarnation: `a1b2c3d4.${name.slice(at + 1)}`,
    state: 'running',
    inError: false,
    attached: true,
    doing: '',
    leaving: false,
    excluded: false,
    sinceMs: 14_000,
    trouble: '',
    address: `127.0.0.1:${7500 + Number(name.slice(at + 1))}`,
    stateNumber: 7,
    podDetail: '',
    node: '',
    ...changes,
  };
}

export const NAMES = [
  'trigger-0',
  'readout-0',
  'readout-1',
  'readout-2',
  'readout-3',
  'builder-0',
  'builder-1',
  'writer-0',
];

/** The miniature DAQ, running. */
export function partition(changes: Partial<Partition__Output> = {}): Partition__Output {
  return {
    name: 'mini',
    state: 'running',
    machine: 'dune',
    machineHash: '0123456789abcdef',
    targets: NAMES.map((name) => target(name)),
    operation: null,
    run: null,
    epoch: 1,
    operationNumber: 4,
    allowedNow: ['change_rate', 'disable_triggers', 'stop_run', 'shutdown'],
    targetsLeft: 0,
    notices: [],
    ...changes,
  };
}

/** One step whose waves hold one segment each, all members of it. */
export function step(
  transition: string,
  [from, to]: readonly [string, string],
  segments: Readonly<Record<string, number>>,
): Step__Output {
  return {
    transition,
    waves: Object.entries(segments).map(([segment, members]) => ({
      groups: [{ segment, ordinals: [{ first: 0, last: members - 1 }], from, to }],
    })),
  };
}

const UP: Readonly<Record<string, number>> = { writer: 1, builder: 2, readout: 4, trigger: 1 };

/** `start_run` of the miniature DAQ, done, unless told otherwise. */
export function operation(changes: Partial<Operation__Output> = {}): Operation__Output {
  return {
    id: 'op-00c0ffee00c0ffee',
    number: 4,
    command: null,
    title: 'sequence start_run',
    status: 'OPERATION_STATUS_SUCCEEDED',
    steps: [
      step('conf', ['initial', 'configured'], UP),
      step('start', ['configured', 'ready'], UP),
      {
        transition: 'enable_triggers',
        waves: [
          {
            groups: ['writer', 'builder', 'readout'].map((segment) => ({
              segment,
              ordinals: [{ first: 0, last: (UP[segment] ?? 1) - 1 }],
              from: 'ready',
              to: 'running',
            })),
          },
          {
            groups: [{ segment: 'trigger', ordinals: [{ first: 0, last: 0 }], from: 'ready', to: 'running' }],
          },
        ],
      },
    ],
    step: 2,
    wave: 1,
    cause: '',
    troubles: [],
    runNumber: 5,
    operator: 'shift',
    acceptedAtMs: WALL_MS - 16_000,
    finishedAtMs: WALL_MS - 14_100,
    cancelRequested: false,
    ...changes,
  };
}
