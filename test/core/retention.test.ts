import { expect, test } from 'vitest';
import { commit, decide, initialCore, observe } from '../../coordinator/core/core.ts';
import { apply, emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Incarnation, OperationId, Partition, Target } from '../../coordinator/core/model/partition.ts';
import type { Core } from '../../coordinator/core/model/picture.ts';
import type { Event } from '../../coordinator/core/model/turn.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';

const partition: Partition = {
  name: 'p',
  machine: minimal,
  machineHash: machineHash(minimal),
  segments: [{ name: 'a', members: 1, critical: true, minMembers: 1, order: 'together' }],
  leavePolicy: 'stopRun',
};

const now = { monotonicMs: 1, wallMs: 1 };

function turn(core: Core, event: Event, written: JournalRecord[]): { core: Core; told: string } {
  observe(core, event, now);
  const decision = decide(core, event, now);
  written.push(...decision.records);
  const [answer] = decision.effects.flatMap((effect) => (effect.type === 'respond' ? [effect.response] : []));
  return {
    core: commit(core, decision),
    told: answer?.kind === 'trouble' ? answer.code : (answer?.id ?? 'nothing'),
  };
}

/** Journal that has led three operations and remembers two, and all that was written. */
function afterThree(): { core: Core; written: JournalRecord[] } {
  const written: JournalRecord[] = [
    {
      kind: 'opened',
      journalId: 'j',
      partition: 'mini',
      operationsRememberedMax: 2,
      operationsInFullMax: 16,
    },
  ];
  let core = initialCore(partition, written.reduce(apply, emptyJournal));
  core = turn(core, { type: 'lead', newJournalId: 'unused' }, written).core;
  for (const [i, state] of ['idle', 'running', 'idle', 'running'].entries()) {
    core = turn(core, welcome(i + 1, state), written).core;
    if (i === 3) break;
    core = turn(core, submit(`op-${i + 1}`, state === 'idle' ? 'start' : 'stop', i), written).core;
    core = turn(core, executed(core, 10 * (i + 1)), written).core;
  }
  return { core, written };
}

function welcome(stateNumber: number, state: string): Event {
  const { machineHash } = partition;
  const fence = { epoch: 1, operationNumber: 0, step: 0 };
  return {
    type: 'welcome',
    target: 'a-0' as Target,
    journalId: 'j',
    foreign: false,
    fence,
    machineHash,
    last: undefined,
    state: reported(stateNumber, state),
  };
}

function executed({ journal }: Core, stateNumber: number): Event {
  const { operation } = journal.open ?? {};
  const token = { operationNumber: operation?.number ?? 0, step: 0, operationId: operation?.id ?? '' };
  const answer = { token, incarnation: 'p.1' as Incarnation, kind: 'executed' as const, code: '', cause: '' };
  return {
    type: 'answer',
    target: 'a-0' as Target,
    answer,
    state: reported(stateNumber, operation?.steps[0]?.waves[0]?.[0]?.to ?? ''),
  };
}

function reported(stateNumber: number, state: string) {
  return {
    incarnation: 'p.1' as Incarnation,
    stateNumber,
    state,
    inError: false,
    attached: true,
    doing: undefined,
    doingTransition: '',
    leaving: false,
    cause: '',
  };
}

function submit(id: string, name: string, highestSeen: number): Event {
  return {
    type: 'submit',
    caller: 1,
    id: id as OperationId,
    command: { kind: 'transition', name, arguments: {} },
    highestSeen,
    operator: '',
  };
}

test('P7: a repeat older than the memory is refused as expired and has no effect', () => {
  const { core, written } = afterThree();
  expect(core.journal).toMatchObject({ operationNumber: 3, forgottenThrough: 1 });
  const before = written.length;
  expect(turn(core, submit('op-1', 'start', 0), written).told).toBe('EXPIRED');
  expect(turn(core, submit('op-2', 'stop', 1), written).told).toBe('op-2');
  expect(written.length).toBe(before);
});

test('P13: every prefix of the records replays to the state that was live then, twice', () => {
  const { core, written } = afterThree();
  for (let length = 0; length <= written.length; length++) {
    const once = written.slice(0, length).reduce(apply, emptyJournal);
    expect(written.slice(0, length).reduce(apply, emptyJournal)).toEqual(once);
  }
  expect(written.reduce(apply, emptyJournal)).toEqual(core.journal);
});

test('P6: who declares a target gone whose operation is forgotten is told of no operation', () => {
  const { core, written } = afterThree();
  const unknown = { 'a-0': { incarnation: 'p.1' as Incarnation, number: 1, step: 0 } };
  const before: Core = { ...core, journal: { ...core.journal, unknown } };
  const declared = { ...submit('op-4', '', 3), command: { kind: 'declareGone', targets: ['a-0'] } } as Event;
  const { core: after, told } = turn(before, declared, written);
  expect(written.at(-1)).toMatchObject({ kind: 'declaredGone', target: 'a-0' });
  expect(after.journal.unknown).toEqual({});
  expect(told).toBe('');
});
