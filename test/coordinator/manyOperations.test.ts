// Ten thousand operations, one after the other, through the real sequencer and the real journal: what is kept of
// them on the disk and in memory does not grow.

import { statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../coordinator/clock.ts';
import { initialCore } from '../../coordinator/core/core.ts';
import { OPERATIONS_IN_FULL_MAX, OPERATIONS_REMEMBERED_MAX } from '../../coordinator/core/limits.ts';
import type { Incarnation, OperationId, Target } from '../../coordinator/core/model/partition.ts';
import type { DownMessage, Event } from '../../coordinator/core/model/turn.ts';
import { targetName } from '../../coordinator/core/targets.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { Sequencer } from '../../coordinator/sequencer.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { partitionOf } from './rig.ts';

const MEMBERS = 4;
const EARLY = 1_000;
const MANY = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function reported(ordinal: number, stateNumber: number, state: string) {
  return {
    incarnation: `podpod00.life${String(ordinal).padStart(4, '0')}` as Incarnation,
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

/** A coordinator without sockets, whose targets execute everything at once. */
async function openCoordinator(path: string) {
  const journal = openSqliteJournal(path);
  const { state, at } = await journal.read();
  const core = initialCore(partitionOf(MEMBERS), state);
  const sequencer = new Sequencer({
    core,
    at,
    journal,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    onChange: () => changed(),
    onFatal: (error) => {
      throw error;
    },
  });
  let changed = (): void => undefined;
  let stateNumber = 1;
  const execute = (target: Target, message: DownMessage): void => {
    if (message.type !== 'request') return;
    const { token, incarnation, to } = message.request;
    stateNumber += 1;
    const answer = { token, incarnation, kind: 'executed', code: '', cause: '' } as const;
    const ordinal = Number(target.split('-')[1]);
    const event: Event = { type: 'answer', target, answer, state: reported(ordinal, stateNumber, to) };
    sequencer.post(event);
  };
  await sequencer.start(
    { send: execute, connect: () => undefined, connectAll: () => undefined, follow: () => undefined },
    'journal-1',
  );
  for (let ordinal = 0; ordinal < MEMBERS; ordinal += 1) {
    sequencer.post(welcome(targetName('readout', ordinal), reported(ordinal, 1, 'idle')));
  }
  /** Resolves once no operation is open. */
  const idle = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    changed = () => {
      if (sequencer.core.journal.open === undefined) resolve();
    };
    changed();
    await promise;
  };
  return { sequencer, journal, idle };
}

type Opened = Awaited<ReturnType<typeof openCoordinator>>;

function welcome(target: Target, state: ReturnType<typeof reported>): Event {
  const fence = { epoch: 0, operationNumber: 0, step: 0 };
  const { machineHash } = partitionOf(MEMBERS);
  return {
    type: 'welcome',
    target,
    journalId: '',
    foreign: false,
    fence,
    machineHash,
    last: undefined,
    state,
  };
}

async function operate({ sequencer, idle }: Opened, from: number, through: number): Promise<void> {
  for (let number = from; number <= through; number += 1) {
    const name = number % 2 === 1 ? 'start' : 'stop';
    const command = { kind: 'transition', name, arguments: {} } as const;
    const id = `op-${number}` as OperationId;
    const told = await sequencer.ask((caller) => ({
      type: 'submit',
      caller,
      id,
      command,
      highestSeen: number - 1,
      operator: '',
    }));
    expect(told).toEqual({ kind: 'operation', id });
    await idle();
  }
}

/** Bytes on the disk and in memory. */
function sizes(path: string): { readonly disk: number; readonly memory: number } {
  collectGarbage();
  const files = [path, `${path}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return { disk: files.reduce((a, b) => a + b), memory: process.memoryUsage().heapUsed };
}

test('after 10,000 operations journal and memory are as large as after 1,000, and what is remembered is bounded', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const opened = await openCoordinator(path);
  const { sequencer, journal } = opened;
  await operate(opened, 1, EARLY);
  const early = sizes(path);
  await operate(opened, EARLY + 1, MANY);
  const late = sizes(path);
  expect(late.disk).toBeLessThan(1.5 * early.disk);
  expect(late.memory).toBeLessThan(1.5 * early.memory);
  const { finished, operationNumber, forgottenThrough } = sequencer.core.journal;
  expect({ kept: finished.length, operationNumber, forgottenThrough }).toEqual({
    kept: OPERATIONS_REMEMBERED_MAX,
    operationNumber: MANY,
    forgottenThrough: MANY - OPERATIONS_REMEMBERED_MAX,
  });
  const whole = finished.filter(({ operation }) => operation.steps[0]?.waves.length === 1);
  expect(whole.length).toBe(OPERATIONS_IN_FULL_MAX);
  expect(whole.at(-1)).toBe(finished.at(-1));
  await sequencer[Symbol.asyncDispose]();
  // P13: it replays to that very state.
  const { state } = await journal.read();
  expect(state).toEqual(sequencer.core.journal);
  await journal[Symbol.asyncDispose]();
}, 300_000);
