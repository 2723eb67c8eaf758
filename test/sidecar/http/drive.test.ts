// What a process with an HTTP interface is asked, and what its answers mean.

import { expect, test } from 'vitest';
import { condition } from '../condition.ts';
import { TestCoordinator } from '../testCoordinator.ts';
import { httpRig, TELLING } from './httpRig.ts';

test('a transition is one POST with all that the request says, and its answer is the end', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.ask(1, 'start', { argumentsJson: '{"rate": 5}' });
  await coordinator.untilAnswers('1:executed');
  expect(coordinator.state).toMatchObject({ state: 'running', inError: false });
  expect(all.process.taken).toMatchObject([
    {
      method: 'POST',
      path: '/fsm/start',
      headers: { 'x-baton-token': '1.0.op-1', 'idempotency-key': '1.0.op-1', connection: 'close' },
    },
  ]);
  expect(JSON.parse(all.process.taken[0]?.body ?? '')).toEqual({
    token: '1.0.op-1',
    transition: 'start',
    from: 'idle',
    to: 'running',
    run: 7,
    budgetMs: 5_000,
    arguments: { rate: 5 },
  });
  await coordinator.ask(2, 'stop');
  await coordinator.untilAnswers('1:executed', '2:executed');
});

test.each([
  ['refuse', '1:BY_PROCESS', 'no high voltage', 'idle'],
  ['fail', '1:failed', 'the link is down', 'idle'],
  ['error', '1:failed', 'the process answered 500: ""', 'idle'],
  ['redirect', '1:failed', 'the process answered 307 (redirects are not followed): nothing', 'idle'],
  ['garbage', '1:failed', 'the process answered 200: <html>', 'running'],
  ['not ok', '1:failed', 'half of it', 'idle'],
  ['lie', '1:failed', 'the process says it is in "MOON", which is no state of machine minimal', ''],
] as const)('an answer (%s) means what the rules say', async (behaviour, answer, cause, state) => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = behaviour;
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers(answer);
  expect(coordinator.heard.findLast((each) => each.answer)?.answer?.cause).toBe(cause);
  expect(coordinator.state?.state).toBe(state);
  expect(all.process.taken).toHaveLength(1);
});

test('a state that lags behind the answer is waited for', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'lag';
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  expect(coordinator.state?.state).toBe('running');
});

test('each transition may have its own request', async () => {
  await using all = await httpRig({
    ...TELLING,
    command: { headers: { 'X-Who': '{segment}-{ordinal}' } },
    transitions: {
      start: {
        method: 'PUT',
        path: '/runs/{run}?by={token}',
        headers: { 'X-To': 'to {to}' },
        body: {
          to: '{to}',
          run: '{run}',
          text: 'run {run}',
          all: ['{arguments}', '{arguments.rate}', '{other}'],
        },
      },
      stop: { method: 'GET', path: '/stop' },
    },
  });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.ask(1, 'start', { argumentsJson: '{"rate": 5}' });
  await coordinator.untilAnswers('1:executed');
  await coordinator.ask(2, 'stop');
  await coordinator.untilAnswers('1:executed', '2:executed');
  const [start, stop] = all.process.taken;
  expect(start).toMatchObject({
    method: 'PUT',
    path: '/runs/7?by=1.0.op-1',
    headers: { 'x-who': 'readout-3', 'x-to': 'to running' },
  });
  expect(JSON.parse(start?.body ?? '')).toEqual({
    ...{ to: 'running', run: 7, text: 'run 7' },
    all: [{ rate: 5 }, 5, '{other}'],
  });
  expect(stop).toMatchObject({ method: 'GET', path: '/stop', body: '' });
});

test('a transition in which the process takes no part is not sent', async () => {
  const { startId, path, busy } = TELLING.state;
  await using all = await httpRig({
    ...TELLING,
    // One word of the process for both states of the machine.
    state: { path, busy, startId, map: { IDLE: ['idle', 'running'], RUNNING: 'running' } },
    transitions: { start: { skip: true } },
  });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  // Which of the two it is in nobody knows: it was there before the sidecar.
  await coordinator.incarnation();
  expect(coordinator.state?.state).toBe('');
  await all.process.die();
  await coordinator.until('gone', () => coordinator.state?.attached === false);
  all.process.startId = 'life-2';
  await all.process.live();
  await coordinator.until('begun anew', () => coordinator.state?.state === 'idle');
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  expect(coordinator.state?.state).toBe('running');
  expect(all.process.taken).toHaveLength(0);
});

test('recover takes the process at its word, or asks it where it has a request for that', async () => {
  await using all = await httpRig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'fail';
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:failed');
  await coordinator.ask(2, 'recover', { from: '', to: '' });
  await coordinator.untilAnswers('1:failed', '2:executed');
  expect(coordinator.state).toMatchObject({ state: 'idle', inError: false });
  expect(all.process.taken).toHaveLength(1);
});

test('the trouble that its health tells is told, and changes nothing else', async () => {
  await using all = await httpRig({ ...TELLING, health: { path: '/health', trouble: '/why' } });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.health = { status: 503, body: '{"why": "the fan stands still"}' };
  await coordinator.until('told', () => coordinator.state?.cause === 'the fan stands still');
  expect(coordinator.state).toMatchObject({ attached: true, state: 'idle' });
  all.process.health = { status: 200, body: '' };
  await coordinator.until('well again', () => coordinator.state?.cause === '');
});

test('a process that overruns its budget is asked to give up', async () => {
  await using all = await httpRig({ ...TELLING, giveUp: { path: '/abort' } });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start', { budgetMs: 50 });
  await condition('asked', () => all.process.taken.length === 2);
  // However fast it is, it does not come before what it is about.
  expect(all.process.taken.map(({ path }) => path)).toEqual(['/fsm/start', '/abort']);
  expect(coordinator.answers).toEqual([]);
  all.process.taken[0]?.end({ status: 500, body: { error: 'given up' }, state: 'IDLE' });
  await coordinator.untilAnswers('1:failed');
  expect(coordinator.heard.findLast((each) => each.answer)?.answer?.cause).toBe(
    'start took longer than its budget',
  );
});
