// HTTP processes that break what was agreed, one way each: a clear word, no crash, nothing run twice.

import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { IDLE_MS_MIN } from '../../../sidecar/process/http/reading.ts';
import { condition } from '../condition.ts';
import type { Rig } from '../rig.ts';
import { TestCoordinator } from '../testCoordinator.ts';
import type { FakeHttp } from './fakeHttp.ts';
import { httpRig, TELLING } from './httpRig.ts';

const { busy: _, ...UNTELLING_STATE } = TELLING.state;
/** It tells where it is and not whether it works. */
const UNTELLING = { ...TELLING, state: UNTELLING_STATE };
/** It tells nothing at all. */
const SILENT = { success: TELLING.success, refused: TELLING.refused, lookIntervalMs: 50 };

/** Lets the process begin before the eyes of the sidecar. */
async function reborn(all: Rig<FakeHttp>): Promise<void> {
  await all.process.die();
  await condition('gone', async () => (await all.get('/process/startupz')).includes('no process listens on'));
  all.process.startId += '+';
  await all.process.live();
}

test.each([
  // It did the work; the state that it tells shows it.
  ['large', '1:executed', 'more than 262144 bytes'],
  ['cut', '1:executed', 'the call of start broke'],
] as const)(
  'an answer that breaks (%s): the state is asked at a new attachment',
  async (behaviour, answer, word) => {
    await using all = await httpRig();
    using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
    const incarnation = await coordinator.incarnation();
    all.process.behaviour = behaviour;
    await coordinator.ask(1, 'start');
    await coordinator.untilAnswers(answer);
    expect(all.process.taken).toHaveLength(1);
    expect(await coordinator.incarnation()).toBe(incarnation);
    expect(all.log.join('')).toContain(word);
  },
);

test('a connection that broke while it works: it stays busy until it says that it is idle', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.behaviour = 'reset';
  await coordinator.ask(1, 'start');
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  await coordinator.incarnation();
  await coordinator.ask(2, 'start');
  await coordinator.untilAnswers('2:BUSY');
  expect(coordinator.state?.doing).toMatchObject({ operationNumber: 1 });
  all.process.taken[0]?.end({ state: 'IDLE' });
  await coordinator.untilAnswers('2:BUSY', '1:interrupted');
  expect(all.process.taken).toHaveLength(1);
});

test('one that does not tell whether it works is busy until it has arrived', async () => {
  await using all = await httpRig(UNTELLING);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.behaviour = 'reset';
  await coordinator.ask(1, 'start');
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  await coordinator.incarnation();
  const { looks } = all.process;
  await condition('it is looked at', () => all.process.looks > looks + 3);
  expect(coordinator.answers).toEqual([]);
  all.process.taken[0]?.end();
  await coordinator.untilAnswers('1:executed');
  expect(all.process.taken).toHaveLength(1);
});

/** Longer than a call that is owed is waited for. */
async function longerThanOwed(): Promise<void> {
  const begunMs = performance.now();
  await condition('it works on', () => performance.now() - begunMs > IDLE_MS_MIN + 500);
}

test('a call that is still open is waited for, although the state was changed first', async () => {
  await using all = await httpRig(UNTELLING);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  all.process.state = 'RUNNING';
  await longerThanOwed();
  expect(coordinator.answers).toEqual([]);
  expect(coordinator.state).toMatchObject({ attached: true, doing: { operationNumber: 1 } });
  expect(all.process.taken[0]?.isOpen()).toBe(true);
  all.process.taken[0]?.end();
  await coordinator.untilAnswers('1:executed');
});

test.each([
  ['does not tell whether it works', UNTELLING],
  ['says that it is idle', TELLING],
] as const)('a call that is still open outlives its attachment: one that %s', async (_title, written) => {
  await using all = await httpRig(written);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  all.process.telling = 'error';
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  all.process.state = 'RUNNING';
  all.process.busy = false;
  all.process.telling = 'answer';
  await coordinator.until('attached', () => coordinator.state?.attached === true);
  expect(coordinator.state?.doing).toMatchObject({ operationNumber: 1 });
  expect(all.process.taken[0]?.isOpen()).toBe(true);
  all.process.taken[0]?.end();
  await coordinator.untilAnswers('1:executed');
  expect(all.process.taken).toHaveLength(1);
});

test('one that tells nothing is busy until it is replaced', async () => {
  await using all = await httpRig(SILENT);
  await reborn(all);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const incarnation = await coordinator.incarnation();
  all.process.behaviour = 'reset';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  await all.restart();
  using later = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: 2 });
  expect(await later.incarnation()).toBe(incarnation);
  await later.ask(2, 'start');
  await later.untilAnswers('2:BUSY');
  await reborn(all);
  await later.until('another life', () => (later.state?.incarnation ?? incarnation) !== incarnation);
  await later.until('idle', () => later.state?.state === 'idle');
  expect(all.process.taken).toHaveLength(1);
});

test('an answer that never comes although it is idle is owed for two seconds', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  all.process.busy = false;
  all.process.state = 'RUNNING';
  await coordinator.untilAnswers('1:executed');
  expect(all.log.join('')).toContain('has been idle for 2000 ms and has not answered');
  expect(all.process.taken).toHaveLength(1);
});

test('a restart between two looks, with the same name, is another life', async () => {
  await using all = await httpRig({ ...SILENT, lookIntervalMs: 60_000 });
  await reborn(all);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const incarnation = await coordinator.incarnation();
  await all.process.die();
  await all.process.live();
  // The request is for the life before: nothing of it is sent.
  await coordinator.ask(1, 'start');
  await coordinator.until('another life', () => coordinator.state?.incarnation !== incarnation);
  await coordinator.incarnation();
  expect(all.process.taken).toHaveLength(0);
  expect(all.log.join('')).toContain('start could not be sent: another process listens there now');
  expect(coordinator.state).toMatchObject({ state: 'idle', doing: null });
});

test('another start id on the same socket is another life', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const incarnation = await coordinator.incarnation();
  all.process.startId = 'life-2';
  await coordinator.until('another life', () => coordinator.state?.incarnation !== incarnation);
});

test('a process that was there before the sidecar and tells nothing is in an unknown state', async () => {
  await using all = await httpRig(SILENT);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  expect(coordinator.state).toMatchObject({ state: '', cause: 'the process does not say where it is' });
  await coordinator.ask(1, 'recover', { from: '', to: '' });
  await coordinator.untilAnswers('1:BY_PROCESS');
});

test('what was executed is remembered across a restart of the sidecar', async () => {
  await using all = await httpRig(SILENT);
  await reborn(all);
  const incarnation = await (async () => {
    using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
    await coordinator.ask(1, 'start');
    await coordinator.untilAnswers('1:executed');
    return coordinator.state?.incarnation;
  })();
  await all.restart();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: 2 });
  expect(await coordinator.incarnation()).toBe(incarnation);
  expect(coordinator.state).toMatchObject({ state: 'running', inError: false });
  await coordinator.ask(2, 'stop');
  await coordinator.untilAnswers('2:executed');
});

test.each([
  ['error', 'GET /state: no database'],
  ['garbage', 'GET /state tells no state at "/state": <html>'],
  ['large', 'GET /state broke: the process answered with more than 262144 bytes'],
] as const)('a state that cannot be read (%s) is told and asked for again', async (telling, why) => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const incarnation = await coordinator.incarnation();
  all.process.telling = telling;
  await condition('told', async () => (await all.get('/process/readyz')).includes(why));
  expect(await all.get('/process/livez')).toMatch(/^200/);
  all.process.telling = 'answer';
  await coordinator.until('attached', () => coordinator.state?.attached === true);
  expect(await coordinator.incarnation()).toBe(incarnation);
});

test('a start id that is none is told', async () => {
  await using all = await httpRig();
  all.process.startId = '';
  await condition('told', async () =>
    (await all.get('/process/readyz')).includes('a start id of 0 characters instead of 1 to 64'),
  );
});

test.each([
  ['die', 'the process is gone'],
  ['hang', 'the process said nothing for 5000 ms'],
] as const)('a process that does %s is noticed, and told as what it is', async (how, why) => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  if (how === 'die') await all.process.die();
  else all.process.telling = 'hang';
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  expect(all.log.join('')).toContain(why);
});

test('a process of one thread is not taken for hung while it works', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.behaviour = 'hang';
  all.process.oneThread = true;
  await coordinator.ask(1, 'start', { budgetMs: 60_000 });
  await condition('sent', () => all.process.taken.length === 1);
  const begunMs = performance.now();
  // Longer than it may be silent otherwise.
  await condition('it works on', () => performance.now() - begunMs > 5_500);
  expect(coordinator.state?.attached).toBe(true);
  all.process.taken[0]?.end();
  await coordinator.untilAnswers('1:executed');
});

test('a process that dies in the middle of a hook comes back as another incarnation', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const incarnation = await coordinator.incarnation();
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start');
  await condition('begun', () => all.process.taken.length === 1);
  await all.process.die();
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  expect(coordinator.state?.doing).toMatchObject({ operationNumber: 1 });
  all.process.startId = 'life-2';
  await all.process.live();
  await coordinator.until('a new life', () => coordinator.state?.attached === true);
  expect(coordinator.state?.incarnation).not.toBe(incarnation);
  expect(coordinator.state).toMatchObject({ state: 'idle', doing: null });
  await coordinator.ask(1, 'start', { incarnation });
  await coordinator.untilAnswers('1:GONE');
  expect(all.process.taken).toHaveLength(1);
});

test('a command that cannot be noted is not sent, and the sidecar ends', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  // Where the notes are written first.
  mkdirSync(`${all.config.stateFile}.http.new`);
  await coordinator.ask(1, 'start');
  await condition('it gives up', () =>
    all.log.some((line) => line.includes('fatal: RunControlError: cannot write')),
  );
  expect(all.process.taken).toHaveLength(0);
});

test('a process that looks idle because it has not read the command yet is not believed at once', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.behaviour = 'reset';
  await coordinator.ask(1, 'start');
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  all.process.busy = false;
  await coordinator.incarnation();
  const { looks } = all.process;
  await condition('it is looked at', () => all.process.looks > looks + 3);
  expect(coordinator.state?.doing).toMatchObject({ operationNumber: 1 });
  // Now it reads it, and works.
  all.process.busy = true;
  await condition('it is looked at', () => all.process.looks > looks + 6);
  all.process.taken[0]?.end();
  await coordinator.untilAnswers('1:executed');
});
