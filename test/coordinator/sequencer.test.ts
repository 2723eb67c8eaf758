import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { CALLERS_MAX } from '../../coordinator/callers.ts';
import type { Clock } from '../../coordinator/clock.ts';
import { initialCore } from '../../coordinator/core/core.ts';
import { emptyJournal } from '../../coordinator/core/journal-state.ts';
import { HEARING_MS } from '../../coordinator/core/limits.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Incarnation, OperationId, Target } from '../../coordinator/core/model/partition.ts';
import type { DownMessage, Event } from '../../coordinator/core/model/turn.ts';
import type { Journal, Position } from '../../coordinator/journal/journal.ts';
import { StaleAppend } from '../../coordinator/journal/journal.ts';
import { EVENTS_QUEUED_MAX } from '../../coordinator/queue.ts';
import { type Gate, Sequencer } from '../../coordinator/sequencer.ts';
import { InvariantViolation } from '../../protos/failure/invariant.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { condition } from '../sidecar/condition.ts';
import { partitionOf } from './rig.ts';

const READOUT = 'readout-0' as Target;
const partition = partitionOf(1);

/** A journal whose disk answers when the test says so. */
class StallingJournal implements Journal {
  readonly records: JournalRecord[] = [];
  readonly waiting: { readonly done: () => void; readonly fail: (error: unknown) => void }[] = [];
  stalls = false;

  async read() {
    return { state: emptyJournal, at: { epoch: 0, index: 0 } };
  }

  async append(at: Position, records: readonly JournalRecord[]): Promise<Position> {
    if (this.stalls) await new Promise<void>((done, fail) => this.waiting.push({ done, fail }));
    this.records.push(...records);
    const epoch = records.reduce((known, record) => (record.kind === 'led' ? record.epoch : known), at.epoch);
    return { epoch, index: at.index + records.length };
  }

  async [Symbol.asyncDispose]() {}
}

const REAL: Clock = () => ({ monotonicMs: performance.now(), wallMs: 1 });

function sequencerOf(journal: Journal, clock = REAL, gate?: Gate) {
  const sent: (DownMessage | 'connectAll' | 'connect')[] = [];
  const fatal: unknown[] = [];
  const sequencer = new Sequencer({
    core: initialCore(partition, emptyJournal),
    at: { epoch: 0, index: 0 },
    journal,
    clock,
    log: pino({ level: 'silent' }),
    gate,
    onChange: () => undefined,
    onFatal: (error) => fatal.push(error),
  });
  const streams = {
    send: (_: Target, message: DownMessage) => sent.push(message),
    connectAll: () => sent.push('connectAll'),
    connect: () => sent.push('connect'),
    follow: () => undefined,
  };
  return { sequencer, streams, sent, fatal };
}

function welcome(): Extract<Event, { type: 'welcome' }> {
  const state = {
    incarnation: 'podpod00.life0000' as Incarnation,
    stateNumber: 1,
    state: 'idle',
    inError: false,
    attached: true,
    doing: undefined,
    doingTransition: '',
    leaving: false,
    cause: '',
  };
  const fence = { epoch: 0, operationNumber: 0, step: 0 };
  const { machineHash } = partition;
  return {
    type: 'welcome',
    target: READOUT,
    journalId: '',
    foreign: false,
    fence,
    machineHash,
    last: undefined,
    state,
  };
}

function submit(caller: number, id = 'op-1'): Event {
  const command = { kind: 'transition', name: 'start', arguments: {} } as const;
  return { type: 'submit', caller, id: id as OperationId, command, highestSeen: 0, operator: '' };
}

test('what is asked before everybody was heard of waits for word of them, but not for ever', async () => {
  const asked = async (word: (sequencer: Sequencer) => void) => {
    const { sequencer, streams } = sequencerOf(new StallingJournal());
    await sequencer.start(streams, 'journal-1');
    const response = sequencer.ask(submit);
    const early = await Promise.race([response, new Promise((resolve) => setImmediate(resolve))]);
    expect(early).toBeUndefined();
    word(sequencer);
    const answer = await response;
    await sequencer[Symbol.asyncDispose]();
    return answer;
  };
  expect(await asked((sequencer) => sequencer.post(welcome()))).toMatchObject({ kind: 'operation' });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const answer = await asked(() => vi.advanceTimersByTime(HEARING_MS));
    expect(answer).toMatchObject({ kind: 'trouble', code: 'REFUSED' });
  } finally {
    vi.useRealTimers();
  }
});

test('what a gate holds back is durable, is seen by it, and is sent once the gate opens', async () => {
  const journal = new StallingJournal();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const gate: Gate = (core, records) => {
    if (!records.some(({ kind }) => kind === 'accepted')) return undefined;
    seen.push(core.journal.open?.operation.id, journal.records.at(-1)?.kind);
    return opened;
  };
  const { sequencer, streams, sent } = sequencerOf(journal, REAL, gate);
  await sequencer.start(streams, 'journal-1');
  sequencer.post(welcome());
  const asked = sequencer.ask(submit);
  await condition('the gate is asked', () => seen.length > 0);
  expect(seen).toEqual(['op-1', 'accepted']);
  expect(sent).toEqual(['connectAll']);
  open();
  await asked;
  expect(sent).toMatchObject(['connectAll', { type: 'request' }]);
  await sequencer[Symbol.asyncDispose]();
});

test('P1: nothing is dialled before the new epoch is durable, nothing is sent before accepted is', async () => {
  const journal = new StallingJournal();
  journal.stalls = true;
  const { sequencer, streams, sent } = sequencerOf(journal);
  const started = sequencer.start(streams, 'journal-1');
  await condition('the journal is asked', () => journal.waiting.length === 1);
  expect(sent).toEqual([]);
  journal.waiting.shift()?.done();
  await started;
  expect(sent).toEqual(['connectAll']);
  sequencer.post(welcome());
  let answer: unknown;
  const asked = sequencer.ask(submit).then((response) => {
    answer = response;
  });
  await condition('the journal is asked', () => journal.waiting.length === 1);
  // P6: nor is a client told of it.
  expect({ sent, answer }).toEqual({ sent: ['connectAll'], answer: undefined });
  journal.waiting.shift()?.done();
  await asked;
  expect(answer).toEqual({ kind: 'operation', id: 'op-1' });
  expect(sent).toMatchObject(['connectAll', { type: 'request' }]);
  await sequencer[Symbol.asyncDispose]();
});

test('what happens while the journal is written waits for its turn', async () => {
  const journal = new StallingJournal();
  const { sequencer, streams } = sequencerOf(journal);
  await sequencer.start(streams, 'journal-1');
  sequencer.post(welcome());
  journal.stalls = true;
  const first = sequencer.ask((caller) => submit(caller, 'op-1'));
  const second = sequencer.ask((caller) => submit(caller, 'op-2'));
  await condition('the journal is asked', () => journal.waiting.length === 1);
  journal.waiting.shift()?.done();
  expect(await first).toEqual({ kind: 'operation', id: 'op-1' });
  // P5: it was judged after the first one was committed.
  expect(await second).toMatchObject({ kind: 'trouble', code: 'BUSY' });
  await sequencer[Symbol.asyncDispose]();
});

test('a verdict on a preStop hook is sent before the stop that follows is recorded', async () => {
  const journal = new StallingJournal();
  const { sequencer, streams, sent } = sequencerOf(journal);
  await sequencer.start(streams, 'journal-1');
  const { state, ...hello } = welcome();
  sequencer.post({ ...hello, state: { ...state, state: 'running' } });
  sequencer.post({ type: 'pod', target: READOUT, pod: 'podpod00', phase: 'deleting' });
  journal.stalls = true;
  sequencer.post({
    type: 'leaving',
    target: READOUT,
    incarnation: state.incarnation,
    done: false,
    clean: false,
  });
  await condition('the stop is being written', () => journal.waiting.length === 1);
  expect(sent.at(-1)).toMatchObject({ type: 'leave', verdict: 'ordered' });
  journal.stalls = false;
  journal.waiting[0]?.done();
  await condition('it is asked to stop', () => {
    return sent.some((message) => typeof message === 'object' && message.type === 'request');
  });
  await sequencer[Symbol.asyncDispose]();
});

test('P8: after a stale append nothing further is done', async () => {
  const journal = new StallingJournal();
  const { sequencer, streams, sent, fatal } = sequencerOf(journal);
  await sequencer.start(streams, 'journal-1');
  sequencer.post(welcome());
  journal.stalls = true;
  void sequencer.ask(submit);
  await condition('the journal is asked', () => journal.waiting.length === 1);
  const stale = new StaleAppend('x', { epoch: 1, index: 2 }, { epoch: 2, index: 3 });
  journal.waiting.shift()?.fail(stale);
  await condition('it is told', () => fatal.length > 0);
  expect(fatal).toEqual([stale]);
  journal.stalls = false;
  sequencer.post(welcome());
  expect(await sequencer.ask(submit)).toMatchObject({ code: 'STOPPING' });
  expect(sent).toEqual(['connectAll']);
  expect(journal.records.map((record) => record.kind)).toEqual(['opened', 'led']);
});

test('P1: a journal that cannot be written is told to whoever waits, and nothing is sent', async () => {
  const journal = new StallingJournal();
  const { sequencer, streams, sent, fatal } = sequencerOf(journal);
  await sequencer.start(streams, 'journal-1');
  sequencer.post(welcome());
  journal.stalls = true;
  const asked = [sequencer.ask(submit), sequencer.ask((caller) => submit(caller, 'op-2'))];
  await condition('the journal is asked', () => journal.waiting.length === 1);
  const trouble = new RunControlError('STORAGE', 'the disk is full');
  journal.waiting.shift()?.fail(trouble);
  const told = {
    code: 'STORAGE',
    sentence: 'the disk is full; what was asked may have been accepted: ask the next leader with the same id',
  };
  for (const answer of await Promise.all(asked)) expect(answer).toMatchObject(told);
  expect(await sequencer.ask(submit)).toMatchObject(told);
  expect(fatal).toEqual([trouble]);
  expect(sent).toEqual(['connectAll']);
});

test('who cannot write that it leads does not start', async () => {
  const journal = new StallingJournal();
  journal.stalls = true;
  const { sequencer, streams, sent, fatal } = sequencerOf(journal);
  const started = sequencer.start(streams, 'journal-1');
  started.catch(() => undefined);
  await condition('the journal is asked', () => journal.waiting.length === 1);
  const trouble = new RunControlError('STORAGE', 'the disk is full');
  journal.waiting.shift()?.fail(trouble);
  await expect(started).rejects.toBe(trouble);
  expect({ sent, fatal }).toEqual({ sent: [], fatal: [trouble] });
});

test('a bug in a turn is fatal and ends the line', async () => {
  const journal = new StallingJournal();
  let isBroken = false;
  const { sequencer, streams, fatal } = sequencerOf(journal, () => {
    if (isBroken) throw new InvariantViolation('the clock is right');
    return { monotonicMs: 1, wallMs: 1 };
  });
  await sequencer.start(streams, 'journal-1');
  isBroken = true;
  sequencer.post(welcome());
  expect(fatal).toEqual([new InvariantViolation('the clock is right')]);
});

test('the queue has an end: a sidecar finds no room, the end of a stream does', async () => {
  const journal = new StallingJournal();
  const { sequencer, streams } = sequencerOf(journal);
  await sequencer.start(streams, 'journal-1');
  sequencer.post(welcome());
  journal.stalls = true;
  const asked = sequencer.ask(submit);
  for (let i = 0; i < EVENTS_QUEUED_MAX; i += 1) expect(sequencer.post(welcome())).toBe(true);
  expect(sequencer.post(welcome())).toBe(false);
  // However often: those that were turned away take no place among the callers.
  for (let i = 0; i <= CALLERS_MAX; i += 1) {
    await expect(sequencer.ask(submit)).rejects.toThrow(`${EVENTS_QUEUED_MAX} events wait for their turn`);
  }
  expect(sequencer.post({ type: 'disconnected', target: READOUT, cause: 'lost' })).toBe(true);
  journal.stalls = false;
  journal.waiting.shift()?.done();
  await asked;
  await condition('the queue is empty', () => sequencer.core.fleet.get(READOUT)?.connected === false);
  expect(sequencer.post(welcome())).toBe(true);
  await sequencer[Symbol.asyncDispose]();
});

test('callers have an end, and are answered when the coordinator stops', async () => {
  const journal = new StallingJournal();
  const { sequencer, streams } = sequencerOf(journal);
  await sequencer.start(streams, 'journal-1');
  sequencer.post(welcome());
  journal.stalls = true;
  const asked = Array.from({ length: CALLERS_MAX }, () => sequencer.ask(submit));
  await expect(sequencer.ask(submit)).rejects.toMatchObject({ code: 'LIMIT' });
  const stopped = sequencer[Symbol.asyncDispose]();
  journal.waiting.shift()?.done();
  await stopped;
  // The record is durable, so the next leader goes on with it; this one does not know what became of it.
  expect(await Promise.all(asked)).toEqual(asked.map(() => expect.objectContaining({ code: 'STOPPING' })));
  expect(journal.records.at(-1)?.kind).toBe('accepted');
});

test('a deadline comes back when its time is up, and not after the end', async () => {
  vi.useFakeTimers();
  try {
    const journal = new StallingJournal();
    const { sequencer, streams, sent } = sequencerOf(journal, () => ({ monotonicMs: Date.now(), wallMs: 1 }));
    await sequencer.start(streams, 'journal-1');
    sequencer.post(welcome());
    await sequencer.ask(submit);
    expect(vi.getTimerCount()).toBe(1);
    const budgetMs = partition.machine.transitions[0]?.timeoutMs ?? 0;
    await vi.advanceTimersByTimeAsync(budgetMs + 1_000);
    // Asked again with the same token.
    const requests = sent.filter((message) => typeof message === 'object' && message.type === 'request');
    expect(requests.length).toBe(2);
    expect(requests[1]).toEqual(requests[0]);
    await sequencer[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('an operation that the journal has no room for is refused, as if it had not been asked', async () => {
  const journal = new StallingJournal();
  const sentence = 'it would take more room than there is';
  const room = vi.fn((records: readonly JournalRecord[]) =>
    records.some(({ kind }) => kind === 'accepted') ? new RunControlError('LIMIT', sentence) : undefined,
  );
  const { sequencer, streams, fatal, sent } = sequencerOf(Object.assign(journal, { room }));
  await sequencer.start(streams, 'journal');
  sequencer.post(welcome());
  const before = journal.records.length;
  const response = await sequencer.ask((caller) => submit(caller));
  expect(response).toEqual({ kind: 'trouble', code: 'LIMIT', sentence, problems: [] });
  expect(journal.records).toHaveLength(before);
  expect(sent.filter((message) => typeof message !== 'string' && message.type === 'request')).toEqual([]);
  room.mockReturnValue(undefined);
  expect(await sequencer.ask((caller) => submit(caller))).toEqual({ kind: 'operation', id: 'op-1' });
  expect(fatal).toEqual([]);
  await sequencer[Symbol.asyncDispose]();
});
