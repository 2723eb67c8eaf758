import { expect, test } from 'vitest';
import { rig } from './rig.ts';
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
