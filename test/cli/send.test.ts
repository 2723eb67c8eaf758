import { expect, test } from 'vitest';
import { runBaton } from '../../coordinator/cli/main.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import { startFake } from './fakeCoordinator.ts';
import { fakeWorld, run } from './fakeWorld.ts';
import { operation, partition } from './fixtures.ts';

const ID = 'op-00c0ffee00c0ffee';

function open(changes: Partial<Operation__Output> = {}): Operation__Output {
  return operation({ status: 'OPERATION_STATUS_OPEN', finishedAtMs: 0, step: 0, wave: 0, ...changes });
}

test('send follows the operation to its end and says what is true and what to do next', async () => {
  await using fake = await startFake();
  fake.onSubmit = () => {
    fake.picture = partition({ state: 'initial', operation: open() });
    return open();
  };
  const world = fakeWorld(fake.address);
  const running = runBaton(['send', 'start_run', 'trigger_rate=20'], world);
  await fake.watched();
  fake.tell({ operation: open({ step: 1, wave: 2 }) });
  await world.err.shows('step 2 of 3 start · wave 3 of 4');
  fake.picture = partition({ operation: operation() });
  fake.tell({ operation: operation() });
  expect(await running).toBe(0);
  const told = `---- standard error\n${world.err.text()}\n---- standard output\n${world.out.text()}`;
  await expect(told).toMatchFileSnapshot('../testdata/cli/send.txt');
  expect(fake.submitted).toMatchObject([
    {
      operationId: ID,
      highestSeen: 4,
      operator: 'shift',
      command: { sequence: 'start_run', argumentsJson: '{"trigger_rate":20}' },
    },
  ]);
});

test('an operation that fails gives 1 and names who did not execute', async () => {
  await using fake = await startFake();
  const troubles = [
    { target: 'readout-1', step: 0, transition: 'conf', kind: 'failed', cause: 'no link', excluded: false },
  ];
  fake.onSubmit = () =>
    operation({ status: 'OPERATION_STATUS_FAILED', step: 0, cause: 'readout-1 failed conf', troubles });
  const { code, out } = await run(fakeWorld(fake.address), 'send start_run');
  expect(code).toBe(1);
  expect(out).toContain('sequence start_run failed in step 1 of 3 (conf)');
  expect(out).toContain('readout-1 failed conf: no link');
  expect(out).toContain('next: baton operations 4');
});

test('a lost stream is opened again, and what ended meanwhile is found among the operations', async () => {
  await using fake = await startFake();
  fake.onSubmit = () => open();
  fake.picture = partition({ operation: open() });
  const world = fakeWorld(fake.address);
  const running = runBaton(['send', 'start_run'], world);
  await fake.watched();
  // While the stream is away ours ends and another operator begins the next one.
  fake.picture = partition({ operation: open({ id: 'op-other', number: 5 }) });
  fake.operations = [open({ id: 'op-other', number: 5 }), operation()];
  fake.breakStreams();
  expect(await running).toBe(0);
  expect(world.err.text()).toContain(`${ID} goes on, trying again`);
  expect(fake.submitted).toHaveLength(1);
});

test('a submit without an answer is repeated with the same id', async () => {
  await using fake = await startFake();
  let tries = 0;
  fake.onSubmit = () => {
    tries += 1;
    if (tries < 3) throw new RunControlError('STOPPING', 'the coordinator stops');
    return operation();
  };
  const { code } = await run(fakeWorld(fake.address), 'send start_run');
  expect(code).toBe(0);
  expect(fake.submitted.map((request) => request.operationId)).toEqual([ID, ID, ID]);
});

test('a submit that is never answered says that nobody knows', async () => {
  await using fake = await startFake();
  fake.onSubmit = () => {
    throw new RunControlError('STOPPING', 'the coordinator stops');
  };
  const { code, err } = await run(fakeWorld(fake.address), '--timeout 1s send start_run');
  expect(code).toBe(4);
  expect(err).toContain(`it is not known whether ${ID} was accepted`);
});

test('Ctrl-C leaves the operation running and says how to look at it', async () => {
  await using fake = await startFake();
  fake.onSubmit = () => open();
  fake.picture = partition({ operation: open() });
  const world = fakeWorld(fake.address);
  const running = runBaton(['send', 'start_run'], world);
  await fake.watched();
  world.interrupt();
  expect(await running).toBe(130);
  expect(world.err.text()).toContain(
    `operation ${ID} goes on; look with: baton status; stop it with: baton cancel ${ID}`,
  );
  expect(fake.cancelled).toEqual([]);
});

test('Ctrl-C before anything was sent says so', async () => {
  await using fake = await startFake();
  const world = fakeWorld(fake.address);
  const running = runBaton(['send', 'start_run'], world);
  // The first call has not even been written yet.
  await Promise.resolve();
  while (fake.submitted.length === 0 && world.err.text() === '') {
    world.interrupt();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await running).toBe(130);
  expect(world.err.text()).toBe('interrupted; nothing was sent\n');
  expect(fake.submitted).toEqual([]);
});

test('on a terminal the progress is drawn on standard error and leaves nothing behind', async () => {
  await using fake = await startFake();
  fake.onSubmit = () => open();
  fake.picture = partition({ operation: open({ step: 1, wave: 2 }) });
  const world = fakeWorld(fake.address, { terminal: true });
  const running = runBaton(['send', 'start_run'], world);
  await world.err.shows('conf → start → enable_triggers');
  await world.err.shows('wave 3 of 4');
  fake.tell({ operation: operation() });
  expect(await running).toBe(0);
  expect(world.err.drawing()).toBe('');
  expect(world.out.drawing()).toBe('');
});

test('--no-wait returns once it is accepted', async () => {
  await using fake = await startFake();
  fake.onSubmit = () => open();
  const { code, out, err } = await run(fakeWorld(fake.address), 'send start_run --no-wait');
  expect(code).toBe(0);
  expect(err).toBe(
    `${ID} accepted: sequence start_run · conf → start → enable_triggers · 8 targets · 10 waves\n`,
  );
  expect(out).toBe('next: baton watch · baton operations 4\n');
});

test.each([
  ['goto running trigger_rate=2', { goTo: 'running', argumentsJson: '{"trigger_rate":2}' }],
  [
    'goto configured --target readout-4 --target builder',
    { toTargets: { targets: ['readout-4', 'builder'] } },
  ],
  ['recover readout-1 builder', { recover: { targets: ['readout-1', 'builder'] } }],
  ['recover', { recover: { targets: [] } }],
  ['adopt', { adopt: { targets: [] } }],
  ['declare-gone readout-1 --yes', { declareGone: { targets: ['readout-1'] } }],
  ['send change_rate trigger_rate=0.5', { transition: 'change_rate', argumentsJson: '{"trigger_rate":0.5}' }],
  ['send start disable_data_storage=true', { argumentsJson: '{"disable_data_storage":true}' }],
  ['send start --operation-id mine_1', { transition: 'start' }],
])('baton %s is sent as it is meant', async (line, command) => {
  await using fake = await startFake();
  const { code } = await run(fakeWorld(fake.address), line);
  expect(code).toBe(0);
  expect(fake.submitted).toMatchObject([{ command }]);
  if (line.includes('mine_1')) expect(fake.submitted[0]?.operationId).toBe('mine_1');
});

test("an operator's word is told as what it is, not as the operation that had waited for it", async () => {
  await using fake = await startFake();
  fake.onSubmit = () =>
    operation({ id: 'leave-run-3', title: 'stop the run', status: 'OPERATION_STATUS_FAILED' });
  const { code, out } = await run(fakeWorld(fake.address), 'declare-gone readout-1 --yes');
  expect(code).toBe(0);
  expect(out).toContain('the coordinator takes your word; stop the run (leave-run-3) waits for them no more');
});

test.each([
  ['send strat', 'did you mean "start"?'],
  ['send start_rum', 'did you mean "start_run"?'],
  ['goto runing', 'did you mean "running"?'],
  ['send start trigger_rate=fast', 'arguments.trigger_rate: want a number of at least 0 Hz, got "fast"'],
  ['send start trigger_rat=1', 'did you mean "trigger_rate"?'],
  ['send start production_vs_test=BOTH', 'want one of TEST, PROD, got "BOTH"'],
  ['send start 7', 'arguments: want name=value, got "7"'],
  ['send conf a=1', 'want no arguments of conf'],
  ['send start trigger_rate=1 trigger_rate=2', 'arguments.trigger_rate: want one value, got several'],
  ['declare-gone readout-1', 'say so with --yes'],
  ['send start --operation-id a.b', 'want 1 to 64 letters'],
])('baton %s is refused before anything is sent', async (line, words) => {
  await using fake = await startFake();
  const { code, err, out } = await run(fakeWorld(fake.address), line);
  expect(err).toContain(words);
  expect(err).toContain('next: ');
  expect({ code, out, submitted: fake.submitted }).toEqual({ code: 2, out: '', submitted: [] });
});

test('all wrong arguments are told at once', async () => {
  await using fake = await startFake();
  const { err } = await run(fakeWorld(fake.address), 'send start trigger_rate=x nonsense=1 7');
  await expect(err).toMatchFileSnapshot('../testdata/cli/wrong-arguments.txt');
});
