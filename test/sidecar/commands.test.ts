import { expect, test } from 'vitest';
import { condition } from './condition.ts';
import { type Rig, rig } from './rig.ts';
import { TestCoordinator } from './testCoordinator.ts';

test('a request is executed and answered, and the states before and after are told', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  expect(coordinator.state).toMatchObject({ state: 'running', inError: false, doing: null });
  expect(all.process.performed[0]?.request).toMatchObject({
    transition: 'start',
    from: 'idle',
    to: 'running',
    runNumber: 7,
    budgetMs: 5_000,
    token: { operationNumber: 1, step: 0, operationId: 'op-1' },
  });
  await coordinator.ask(2, 'stop');
  await coordinator.untilAnswers('1:executed', '2:executed');
});

test('asked again after a restart of the sidecar, it answers from memory and begins nothing', async () => {
  await using all = await rig();
  const first = await TestCoordinator.welcomed(all.sidecar.grpc);
  await first.ask(1, 'start');
  await first.untilAnswers('1:executed');
  const incarnation = await first.incarnation();
  first[Symbol.dispose]();
  await all.restart();
  using second = await TestCoordinator.welcomed(all.sidecar.grpc);
  const welcome = second.heard[0]?.welcome;
  expect(welcome?.last?.answer).toMatchObject({ kind: 'ANSWER_KIND_EXECUTED', incarnation });
  expect(welcome?.fence).toEqual({ epoch: 1, operationNumber: 1, step: 0 });
  await second.ask(1, 'start', { incarnation });
  await second.untilAnswers('1:executed');
  expect(await second.incarnation()).toBe(incarnation);
  expect(all.process.performed).toHaveLength(1);
});

test('while a hook runs another request is BUSY, and the same one is not begun twice', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start');
  await coordinator.until('doing', () => coordinator.state?.doingTransition === 'start');
  await coordinator.ask(1, 'start');
  await coordinator.ask(2, 'stop');
  await coordinator.untilAnswers('2:BUSY');
  all.process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
  await coordinator.untilAnswers('2:BUSY', '1:executed');
  expect(all.process.performed).toHaveLength(1);
});

test('another incarnation is GONE, an older step FENCED, another machine MACHINE_DIFFERS', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.ask(5, 'start', { incarnation: 'other.life' });
  await coordinator.ask(6, 'start');
  await coordinator.untilAnswers('5:GONE', '6:executed');
  await coordinator.ask(4, 'stop');
  await coordinator.ask(7, 'stop', { machineHash: '0' });
  await coordinator.untilAnswers('5:GONE', '6:executed', '4:FENCED', '7:MACHINE_DIFFERS');
});

test.each([
  ['refuse', '1:BY_PROCESS', { state: 'idle', inError: false }, 'no high voltage'],
  ['fail', '1:failed', { state: 'idle', inError: true }, 'the link is down'],
] as const)(
  'a process that does %s is answered with its own reason',
  async (behaviour, answer, state, cause) => {
    await using all = await rig();
    using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
    all.process.behaviour = behaviour;
    await coordinator.ask(1, 'start');
    await coordinator.untilAnswers(answer);
    const told = coordinator.heard.findLast((each) => each.answer)?.answer;
    expect(told?.cause).toBe(cause);
    expect(told?.state).toMatchObject(state);
  },
);

test('a hook that overruns its budget is asked to give up and answered only when it has ended', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start', { budgetMs: 50 });
  await condition('GiveUp', () => all.process.gaveUp.length === 1);
  expect(all.process.gaveUp[0]).toMatchObject({ operationNumber: 1, step: 0 });
  expect(coordinator.answers).toEqual([]);
  all.process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_FAILED', state: '', cause: 'given up' });
  await coordinator.untilAnswers('1:failed');
});

async function restartWhileDoing(all: Rig): Promise<TestCoordinator> {
  const first = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'hang';
  await first.ask(1, 'start');
  await condition('begun', () => all.process.performed.length === 1);
  first[Symbol.dispose]();
  await all.restart();
  const second = await TestCoordinator.welcomed(all.sidecar.grpc);
  await second.until('attached', () => second.state?.attached === true);
  expect(second.state?.doing).toMatchObject({ operationNumber: 1 });
  await second.ask(1, 'start');
  await second.ask(2, 'stop');
  await second.untilAnswers('2:BUSY');
  return second;
}

test('restarted while a hook runs: busy until it ends, executed on proof, never begun again', async () => {
  await using all = await rig();
  using coordinator = await restartWhileDoing(all);
  all.process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
  await coordinator.untilAnswers('2:BUSY', '1:executed');
  expect(all.process.performed).toHaveLength(1);
});

test('restarted while a hook runs that then leaves no proof: interrupted, the state unknown until recover', async () => {
  await using all = await rig();
  using coordinator = await restartWhileDoing(all);
  all.process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_FAILED', state: 'idle' });
  await coordinator.untilAnswers('2:BUSY', '1:interrupted');
  expect(coordinator.state).toMatchObject({ state: '', inError: true });
  expect(await all.get('/process/readyz')).toMatch(/^503 the state of the process is unknown/);
  all.process.behaviour = 'execute';
  await coordinator.ask(3, 'recover', { from: '', to: 'idle' });
  await coordinator.untilAnswers('2:BUSY', '1:interrupted', '3:executed');
  expect(await all.get('/process/readyz')).toBe('200 the process is in idle');
  expect(all.process.performed).toHaveLength(2);
});

test('settle closes its step, and tells that nothing runs', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  coordinator.stream.write({ settle: { operationNumber: 3, step: 1 } });
  await coordinator.until('settled', () => coordinator.heard.some((each) => each.settled));
  expect(coordinator.heard.find((each) => each.settled)?.settled).toMatchObject({
    fence: { epoch: 1, operationNumber: 3, step: 1 },
    doing: null,
    operationNumber: 3,
    step: 1,
  });
  await coordinator.ask(3, 'start', { token: { operationNumber: 3, step: 1, operationId: 'late' } });
  await coordinator.untilAnswers('3:FENCED');
  expect(all.process.performed).toHaveLength(0);
});
