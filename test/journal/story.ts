// A journal with every kind of record, as a coordinator would write it.

import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Operation, Trouble } from '../../coordinator/core/model/operation.ts';
import type { Incarnation, OperationId, Target } from '../../coordinator/core/model/partition.ts';

const READOUT_0 = 'podpod00.life0000' as Incarnation;
const READOUT_1 = 'podpod11.life1111' as Incarnation;
const [target0, target1] = ['readout-0' as Target, 'readout-1' as Target];

/** An operation of two waves over two readouts. */
export function operation(number: number, changed: Partial<Operation> = {}): Operation {
  return {
    id: `operation-${number}` as OperationId,
    number,
    command: { kind: 'transition', name: 'conf', arguments: { rate: 1.5, label: 'a', dry: false } },
    title: 'transition conf',
    operator: 'crew',
    acceptedAtMs: 1_700_000_000_000 + number,
    machineHash: '0123456789abcdef',
    runNumber: 0,
    steps: [
      {
        transition: 'conf',
        arguments: { rate: 1.5 },
        onFailure: 'stop',
        stopPath: false,
        budgetMs: 10_000,
        waves: [
          [{ segment: 'readout', ordinals: [[0, 0]], from: 'initial', to: 'configured' }],
          [{ segment: 'readout', ordinals: [[1, 1]], from: 'initial', to: 'configured' }],
        ],
      },
    ],
    incarnations: { readout: [READOUT_0, READOUT_1] },
    policies: { readout: { critical: false, minMembers: 1 } },
    leftOut: [],
    ...changed,
  };
}

/** What went wrong with one target. */
export function trouble(target: Target, kind: Trouble['kind']): Trouble {
  return { target, step: 0, transition: 'conf', kind, cause: 'it said so', excluded: true };
}

/** Every kind of record, in a legal order. */
export const STORY: readonly JournalRecord[] = [
  {
    kind: 'opened',
    journalId: 'journal-1',
    partition: 'mini',
    operationsRememberedMax: 256,
    operationsInFullMax: 16,
  },
  { kind: 'led', epoch: 1, operationNumber: 0 },
  { kind: 'adopted', target: target1, fromJournalId: 'journal-0' },
  { kind: 'accepted', operation: operation(1, { runNumber: 7, startsRunAt: 0 }) },
  { kind: 'waveDone', number: 1, step: 0, wave: 0, troubles: [] },
  { kind: 'waveDone', number: 1, step: 0, wave: 1, troubles: [trouble(target1, 'unknown')] },
  {
    kind: 'finished',
    number: 1,
    outcome: 'failed',
    cause: 'readout-1 is silent',
    atMs: 1_700_000_001_000,
    unknown: [target1],
  },
  { kind: 'released', target: target1 },
  { kind: 'led', epoch: 3, operationNumber: 4 },
  { kind: 'accepted', operation: operation(5, { runNumber: 7, endsRunAt: 0 }) },
  { kind: 'cancelRequested', number: 5, cause: 'cancelled by an operator' },
  { kind: 'declaredGone', target: target1, incarnation: READOUT_1 },
  {
    kind: 'waveDone',
    number: 5,
    step: 0,
    wave: 0,
    troubles: [{ ...trouble(target0, 'failed'), stopsOn: true }],
  },
  {
    kind: 'finished',
    number: 5,
    outcome: 'cancelled',
    cause: 'cancelled by an operator',
    atMs: 1_700_000_002_000,
    unknown: [],
    run: { number: 7, clean: false, cause: 'readout-0 failed' },
  },
];
