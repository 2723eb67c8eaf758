// At the limits of what one operation may be: it is planned there, and refused beyond, with what to do instead.

import { expect, test } from 'vitest';
import { initialCore, observe } from '../../coordinator/core/core.ts';
import { apply, emptyJournal } from '../../coordinator/core/journal-state.ts';
import {
  ENDED_PODS_MAX,
  OPERATION_LENGTH_MAX,
  OPERATION_WAVES_MAX,
  OPERATIONS_IN_FULL_MAX,
  RUN_NUMBER_MAX,
  RUNS_REMEMBERED_MAX,
  SHORT_CAUSE_LENGTH_MAX,
  SUMMARY_TROUBLES_MAX,
  TROUBLES_MAX,
} from '../../coordinator/core/limits.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Operation, Trouble } from '../../coordinator/core/model/operation.ts';
import type { Incarnation, OperationId, Partition } from '../../coordinator/core/model/partition.ts';
import type { Core } from '../../coordinator/core/model/picture.ts';
import { plan } from '../../coordinator/core/plan/plan.ts';
import { recorded } from '../../coordinator/core/policy.ts';
import { targetName } from '../../coordinator/core/targets.ts';
import { TEXT_LENGTH_MAX } from '../../protos/machine/limits.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import type { Machine } from '../../protos/machine/table.ts';

/** A partition whose targets act one after the other, all of them seen in their first state. */
function coreOf(members: number, machine: Machine = minimal): Core {
  const segment = { name: 'a', members, critical: true, minMembers: members, order: 'ascending' } as const;
  const partition: Partition = {
    name: 'p',
    machine,
    machineHash: '0123456789abcdef',
    segments: [segment],
    leavePolicy: 'stopRun',
  };
  const core = initialCore(partition, emptyJournal);
  for (let ordinal = 0; ordinal < members; ordinal += 1) {
    const incarnation = `podpod00.life${ordinal}` as Incarnation;
    const state = {
      incarnation,
      stateNumber: 1,
      state: machine.initial,
      inError: false,
      attached: true,
      doing: undefined,
      doingTransition: '',
      leaving: false,
      cause: '',
    };
    const fence = { epoch: 0, operationNumber: 0, step: 0 };
    const target = targetName('a', ordinal);
    const { machineHash } = partition;
    observe(
      core,
      { type: 'welcome', target, journalId: '', foreign: false, fence, machineHash, last: undefined, state },
      { monotonicMs: 0, wallMs: 0 },
    );
  }
  return core;
}

test('an operation takes so many waves; one more is refused with what to do', () => {
  const start = { kind: 'transition', name: 'start', arguments: {} } as const;
  expect(plan(coreOf(OPERATION_WAVES_MAX), start)).toMatchObject({ kind: 'planned' });
  const refused = plan(coreOf(OPERATION_WAVES_MAX + 1), start);
  expect(refused).toMatchObject({
    code: 'LIMIT',
    sentence: expect.stringMatching(/^start would take 4001 waves, .* one by one, or .*batches: N/),
  });
});

const NAMES = Array.from({ length: 32 }, (_, at) => `text_${at}`);

/** A machine of many transitions, each of which takes many long words. */
function wordy(steps: number): Machine {
  const [start] = minimal.transitions;
  if (start === undefined) throw new Error('it has transitions');
  const transitions = Array.from({ length: steps }, (_, at) => ({
    ...start,
    name: `say_${at}`,
    to: minimal.initial,
    arguments: NAMES.map((name) => ({
      name,
      type: 'string' as const,
      unit: '',
      required: false,
      oneOf: [],
      description: '',
    })),
  }));
  const sequence = {
    name: 'say',
    steps: transitions.map(({ name }) => ({ transition: name, optional: false })),
    description: '',
  };
  return { ...minimal, transitions, sequences: [sequence] };
}

test('an operation takes so much room in its record; more is refused with what to do', () => {
  const values = Object.fromEntries(NAMES.map((name) => [name, 'x'.repeat(TEXT_LENGTH_MAX)]));
  const say = { kind: 'sequence', name: 'say', arguments: values } as const;
  const steps = Math.floor(OPERATION_LENGTH_MAX / (NAMES.length * TEXT_LENGTH_MAX));
  // The command itself holds the words once.
  expect(plan(coreOf(1, wordy(steps - 2)), say)).toMatchObject({ kind: 'planned' });
  expect(plan(coreOf(1, wordy(steps)), say)).toMatchObject({
    code: 'LIMIT',
    sentence: expect.stringMatching(/characters in the journal, .* give shorter arguments/),
  });
});

function trouble(ordinal: number): Trouble {
  return {
    target: targetName('a', ordinal),
    step: 0,
    transition: 'start',
    kind: 'failed',
    cause: 'x'.repeat(500),
    excluded: true,
  };
}

test('of very many troubles most are recorded in few words', () => {
  const found = Array.from({ length: TROUBLES_MAX + 1 }, (_, ordinal) => trouble(ordinal));
  const kept = recorded(found);
  expect(kept.slice(0, TROUBLES_MAX)).toEqual(found.slice(0, TROUBLES_MAX));
  expect(kept[TROUBLES_MAX]?.cause.length).toBe(SHORT_CAUSE_LENGTH_MAX);
});

/** The records of one operation that failed at every target. */
function story(number: number): readonly JournalRecord[] {
  const wave = [{ segment: 'a', ordinals: [[0, 2 * TROUBLES_MAX] as const], from: 'idle', to: 'running' }];
  const troubles = Array.from({ length: 2 * TROUBLES_MAX }, (_, ordinal) => trouble(ordinal));
  const operation: Operation = {
    id: `op-${number}` as OperationId,
    number,
    command: { kind: 'transition', name: 'start', arguments: {} },
    title: 'start',
    operator: '',
    acceptedAtMs: 0,
    machineHash: '',
    runNumber: 0,
    steps: [
      {
        transition: 'start',
        arguments: {},
        onFailure: 'continue',
        stopPath: false,
        budgetMs: 1,
        waves: [wave],
      },
    ],
    incarnations: {},
    policies: {},
    leftOut: [],
  };
  return [
    { kind: 'accepted', operation },
    { kind: 'waveDone', number, step: 0, wave: 0, troubles },
    { kind: 'finished', number, outcome: 'failed', cause: '', atMs: 0, unknown: [] },
  ];
}

const OPENED = {
  kind: 'opened',
  journalId: 'j',
  partition: 'p',
  operationsRememberedMax: 256,
  operationsInFullMax: OPERATIONS_IN_FULL_MAX,
} as const;
const NUMBERS = Array.from({ length: OPERATIONS_IN_FULL_MAX + 5 }, (_, at) => at + 1);

test('the newest operations are remembered whole, the others with what tells of them and answers a repeat', () => {
  const { finished } = [OPENED, ...NUMBERS.flatMap(story)].reduce<typeof emptyJournal>(apply, emptyJournal);
  expect(finished).toHaveLength(NUMBERS.length);
  const sizes = finished.map(({ operation, troubles }) => [
    operation.steps[0]?.waves.length,
    troubles.length,
  ]);
  expect(sizes.slice(0, 5)).toEqual(Array(5).fill([0, SUMMARY_TROUBLES_MAX]));
  expect(sizes.slice(5)).toEqual(Array(OPERATIONS_IN_FULL_MAX).fill([1, TROUBLES_MAX]));
  expect(finished[0]?.operation).toMatchObject({
    id: 'op-1',
    command: { name: 'start' },
    steps: [{ transition: 'start' }],
  });
});

test('P13: a journal that was opened with another limit replays as it did', () => {
  const opened: JournalRecord = { ...OPENED, operationsInFullMax: 256 };
  const { finished } = [opened, ...NUMBERS.flatMap(story)].reduce(apply, emptyJournal);
  expect(finished.every(({ operation }) => operation.steps[0]?.waves.length === 1)).toBe(true);
});

test('the last run number is given, and none after it', () => {
  const start = { kind: 'transition', name: 'start', arguments: {} } as const;
  const at = (runNumber: number): Core => {
    const core = coreOf(1);
    return { ...core, journal: { ...core.journal, runNumber } };
  };
  expect(plan(at(RUN_NUMBER_MAX - 1), start)).toMatchObject({ operation: { runNumber: RUN_NUMBER_MAX } });
  expect(plan(at(RUN_NUMBER_MAX), start)).toMatchObject({
    code: 'LIMIT',
    sentence: `run numbers end at ${RUN_NUMBER_MAX}: a new journal is needed`,
  });
});

test('so many runs are remembered, the newest', () => {
  let journal = emptyJournal;
  for (let number = 1; number <= RUNS_REMEMBERED_MAX + 1; number += 1) {
    journal = { ...journal, run: { number, startedAtMs: 0, incarnations: {}, unclean: '' } };
    const run = { number, clean: true, cause: '' };
    journal = apply(journal, { kind: 'runAbandoned', run, atMs: 1 });
  }
  expect(journal.runs).toHaveLength(RUNS_REMEMBERED_MAX);
  expect([journal.runs[0]?.number, journal.runs.at(-1)?.number]).toEqual([2, RUNS_REMEMBERED_MAX + 1]);
});

test('so many ended pods of a target are kept in mind, the newest', () => {
  const core = coreOf(1);
  const target = targetName('a', 0);
  const pods = Array.from({ length: ENDED_PODS_MAX + 1 }, (_, at) => `pod-${at}`);
  for (const pod of pods) {
    observe(core, { type: 'pod', target, pod, phase: 'ended' }, { monotonicMs: 0, wallMs: 0 });
  }
  expect(core.fleet.get(target)?.endedPods).toEqual(pods.slice(1));
});
