// Processes that take a command and tell its end later: when they are polled, or by a call of their own.

import { expect, test } from 'vitest';
import { openPorts } from '../../../coordinator/up/ports.ts';
import { IDLE_MS_MIN } from '../../../sidecar/process/http/reading.ts';
import { condition } from '../condition.ts';
import { TestCoordinator } from '../testCoordinator.ts';
import type { FakeHttp } from './fakeHttp.ts';
import { httpRig, TELLING } from './httpRig.ts';

const POLLED = { ...TELLING, completion: { type: 'poll', intervalMs: 20 } } as const;
const CALLED = { ...TELLING, completion: { type: 'callback' } } as const;

/** Where the answer to a command is to go. */
function callbackOf({ taken }: FakeHttp, at = 0): string {
  return String(taken[at]?.headers['x-baton-callback']);
}

async function answer(url: string, body: unknown): Promise<number> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (await fetch(url, { method: 'POST', body: text })).status;
}

test('a poll of its state: the end is when it is idle where it should arrive', async () => {
  await using all = await httpRig(POLLED);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  const { looks } = all.process;
  await condition('it is asked', () => all.process.looks > looks + 5);
  expect(coordinator.answers).toEqual([]);
  all.process.taken[0]?.end();
  await coordinator.untilAnswers('1:executed');
});

test('a poll of its state: long idle elsewhere is a failure', async () => {
  await using all = await httpRig(POLLED);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  all.process.taken[0]?.end({ state: 'IDLE' });
  await coordinator.untilAnswers('1:failed');
  const cause = coordinator.heard.findLast((each) => each.answer)?.answer?.cause;
  expect(cause).toBe('start has ended, and the process is in IDLE; it shows no sign of success');
});

test('a process that refuses to take it has refused', async () => {
  await using all = await httpRig(POLLED);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'refuse';
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:BY_PROCESS');
});

test('the poll of a job goes on after a restart of the sidecar, and its word is believed', async () => {
  await using all = await httpRig({
    ...TELLING,
    success: { status: [202] },
    completion: {
      ...{ type: 'poll', intervalMs: 20, path: '/jobs/{job}', job: '/job', token: '/token' },
      done: { pointer: '/result', equals: ['good', 'better'] },
      failed: { pointer: '/result', equals: 'bad' },
    },
  });
  const jobs = all.process;
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('it is polled', () => jobs.polls > 2);
  expect(jobs.polled).toBe('/jobs/job%207');
  await all.restart();
  using later = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: 2 });
  await later.until('busy', () => later.state?.doing?.operationNumber === 1);
  // The end of another request is not ours.
  jobs.job = { token: '9.0.other', result: 'better' };
  const { polls } = jobs;
  await condition('it is polled on', () => jobs.polls > polls + 3);
  expect(later.answers).toEqual([]);
  jobs.taken[0]?.end();
  jobs.job = { token: '1.0.op-1', result: 'better' };
  await later.untilAnswers('1:executed');
  jobs.job = { token: '2.0.op-2', result: 'bad', error: 'no disk' };
  await later.ask(2, 'stop');
  await condition('sent', () => jobs.taken.length === 2);
  const { looks } = jobs;
  await condition('its state is asked', () => jobs.looks > looks + 10);
  // A failure is told once nothing runs any more.
  expect(later.answers).toEqual(['1:executed']);
  jobs.taken[1]?.end({ state: 'RUNNING' });
  await later.untilAnswers('1:executed', '2:failed');
  expect(later.heard.findLast((each) => each.answer)?.answer?.cause).toBe('no disk');
  expect(jobs.taken).toHaveLength(2);
});

test('a job that is polled on after a restart owes nothing, however idle the process is', async () => {
  await using all = await httpRig({
    ...TELLING,
    success: { status: [202] },
    completion: {
      ...{ type: 'poll', intervalMs: 20, path: '/jobs/{job}', job: '/job' },
      done: { pointer: '/result', equals: 'good' },
    },
  });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('it is polled', () => all.process.polls > 2);
  await all.restart();
  using later = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: 2 });
  await later.until('busy', () => later.state?.doing?.operationNumber === 1);
  all.process.busy = false;
  const begunMs = performance.now();
  await condition('it is idle for long', () => performance.now() - begunMs > IDLE_MS_MIN + 500);
  expect(all.log.join('')).not.toContain('has not answered');
  expect(later.state).toMatchObject({ attached: true, doing: { operationNumber: 1 } });
  all.process.state = 'RUNNING';
  all.process.job = { result: 'good' };
  await later.untilAnswers('1:executed');
});

test('a job that the process has forgotten: its state tells how that ended', async () => {
  await using all = await httpRig({
    ...TELLING,
    success: { status: [202] },
    completion: {
      type: 'poll',
      path: '/jobs/{job}',
      job: '/job',
      done: { pointer: '/result', equals: 'good' },
    },
  });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  all.process.jobStatus = 404;
  await coordinator.ask(1, 'start');
  await condition('it was asked', () => all.process.polls === 1);
  await coordinator.until('attached anew', () => all.log.join('').includes('asking for the end of start'));
  await coordinator.incarnation();
  expect(coordinator.state?.doing).toMatchObject({ operationNumber: 1 });
  all.process.taken[0]?.end();
  await coordinator.untilAnswers('1:executed');
  expect(all.process.polls).toBe(1);
});

test('a callback tells the end once; a second, a late and a foreign one are turned away', async () => {
  await using all = await httpRig(CALLED);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  const url = callbackOf(all.process);
  expect(JSON.parse(all.process.taken[0]?.body ?? '')).toMatchObject({ callback: url });
  expect(await answer(`${url}x`, { success: true })).toBe(404);
  expect((await fetch(url)).status).toBe(405);
  expect(await answer(url, 'x'.repeat(300_000))).toBe(413);
  expect(coordinator.answers).toEqual([]);
  all.process.taken[0]?.end();
  expect(await answer(url, { success: true })).toBe(200);
  await coordinator.untilAnswers('1:executed');
  expect(await answer(url, { success: false })).toBe(404);
  await coordinator.ask(2, 'stop');
  await condition('sent', () => all.process.taken.length === 2);
  all.process.taken[1]?.end({ state: 'RUNNING' });
  // Late: it belongs to the operation before.
  expect(await answer(url, { success: true })).toBe(404);
  expect(await answer(callbackOf(all.process, 1), { success: false, error: 'stuck' })).toBe(200);
  await coordinator.untilAnswers('1:executed', '2:failed');
});

test('a callback may come before the acknowledgement, which may never come', async () => {
  await using all = await httpRig(CALLED);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  all.process.busy = false;
  all.process.state = 'RUNNING';
  expect(await answer(callbackOf(all.process), { success: true })).toBe(200);
  await coordinator.untilAnswers('1:executed');
  await condition('the request is let go', () => all.process.taken[0]?.isOpen() === false);
});

test('a callback that never comes is owed once the process is idle', async () => {
  await using all = await httpRig(CALLED);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  all.process.taken[0]?.end();
  await coordinator.untilAnswers('1:executed');
  expect(all.log.join('')).toContain('has been idle for 2000 ms and has not answered');
  expect(await answer(callbackOf(all.process), { success: false })).toBe(404);
});

test('a callback that never comes is owed once the process echoes the token', async () => {
  const { busy: _, ...state } = TELLING.state;
  await using all = await httpRig({ ...CALLED, state: { ...state, executed: '/executed' } });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  all.process.taken[0]?.end();
  all.process.executed = '1.0.op-1';
  await coordinator.untilAnswers('1:executed');
});

test('on a fixed port an answer outlives a restart of the sidecar', async () => {
  const { state: _, ...silent } = TELLING;
  const port = await openPorts(Math.random).take(0);
  await using all = await httpRig({ ...silent, completion: { type: 'callback', port } });
  await all.process.die();
  await condition('gone', async () => (await all.get('/process/startupz')).includes('no process listens on'));
  await all.process.live();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  const url = callbackOf(all.process);
  await all.restart();
  using later = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: 2 });
  // Taken as soon as it listens again, also before it has attached.
  await condition('taken', async () => (await answer(url, { success: true }).catch(() => 0)) === 200);
  await later.untilAnswers('1:executed');
  expect(later.state?.state).toBe('running');
});

test('an answer that comes before the sidecar could attach again is kept for it', async () => {
  const port = await openPorts(Math.random).take(0);
  await using all = await httpRig({ ...CALLED, completion: { type: 'callback', port } });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  all.process.telling = 'hang';
  await all.restart();
  await condition('it is looked at', async () =>
    (await all.get('/process/startupz')).includes('did not answer'),
  );
  expect(await answer(callbackOf(all.process), { success: true })).toBe(200);
  expect(await answer(callbackOf(all.process), { success: true })).toBe(404);
  all.process.taken[0]?.end();
  all.process.executed = '';
  all.process.telling = 'answer';
  using later = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: 2 });
  await later.untilAnswers('1:executed');
});

test('a process that is replaced takes what was expected of it with it', async () => {
  await using all = await httpRig(CALLED);
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const incarnation = await coordinator.incarnation();
  all.process.behaviour = 'accept';
  await coordinator.ask(1, 'start');
  await condition('sent', () => all.process.taken.length === 1);
  await all.process.die();
  all.process.startId = 'life-2';
  await all.process.live();
  await coordinator.until('another life', () => {
    const { state } = coordinator;
    return state?.attached === true && state.incarnation !== incarnation;
  });
  expect(await answer(callbackOf(all.process), { success: true })).toBe(404);
});
