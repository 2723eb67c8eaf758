// Processes that break the contract, one way each: a clear word, no crash, nothing lost, nothing run twice.

import { expect, test } from 'vitest';
import { MESSAGE_BYTES_MAX } from '../../protos/load.ts';
import { OBSERVE_INTERVAL_MS } from '../../sidecar/process/grpc/attachment.ts';
import { condition } from './condition.ts';
import { rig } from './rig.ts';
import { TestCoordinator } from './testCoordinator.ts';

test.each([
  // The answer was lost, but the process can show that it did the work.
  ['large', '1:executed', 'RESOURCE_EXHAUSTED'],
  ['twice', '1:interrupted', 'more than one answer'],
  ['unimplemented', '1:interrupted', 'UNIMPLEMENTED'],
  ['forget', '1:executed', 'has been idle for 2000 ms and has not answered'],
] as const)(
  'an answer that breaks (%s): the truth is asked at a new attachment',
  async (behaviour, answer, word) => {
    await using all = await rig();
    using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
    const incarnation = await coordinator.incarnation();
    all.process.behaviour = behaviour;
    await coordinator.ask(1, 'start');
    await coordinator.untilAnswers(answer);
    expect(all.process.attaches).toHaveLength(2);
    expect(all.process.performed).toHaveLength(1);
    expect(await coordinator.incarnation()).toBe(incarnation);
    expect(all.log.join('')).toContain(word);
  },
);

test('an answer that was lost for its size, and leaves no proof, is interrupted with that cause', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start');
  await condition('begun', () => all.process.performed.length === 1);
  all.process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_FAILED', cause: 'x'.repeat(5_000_000) });
  await coordinator.untilAnswers('1:interrupted');
  const cause = coordinator.heard.findLast((each) => each.answer)?.answer?.cause;
  expect(cause).toMatch(/^whether start was done cannot be shown; recover it \(the call of start broke: /);
  expect(cause).toContain(`its answer was larger than ${MESSAGE_BYTES_MAX} bytes (RESOURCE_EXHAUSTED`);
});

test('a process that claims a state which the machine does not have has failed', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  all.process.behaviour = 'lie';
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:failed');
  const cause = coordinator.heard.findLast((each) => each.answer)?.answer?.cause;
  expect(cause).toContain('"the_moon", which is no state of machine minimal');
});

test.each([
  ['', 'a start id of 0 characters instead of 1 to 64'],
  ['x'.repeat(65), 'a start id of 65 characters instead of 1 to 64'],
])('a start id that is none (%j) is told and retried', async (startId, sentence) => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  all.process.die();
  all.process.startId = startId;
  await all.process.live();
  await condition('told', async () => (await all.get('/process/readyz')).includes(sentence));
  expect(await all.get('/process/livez')).toMatch(/^200/);
  all.process.startId = 'start-2';
  await condition('attached', async () => (await all.get('/process/startupz')).startsWith('200'));
});

test('a process of another contract is told in its own words and left alone', async () => {
  await using all = await rig();
  all.process.die();
  all.process.greeting = 'refuse';
  await all.process.live();
  await condition('told', async () =>
    (await all.get('/process/startupz')).includes('this process speaks contract 7'),
  );
  expect(all.process.performed).toHaveLength(0);
});

test('a process that never answers Attach is told apart from one that does not listen', async () => {
  await using all = await rig();
  all.process.die();
  await condition('gone', async () => (await all.get('/process/startupz')).includes('no process listens on'));
  all.process.greeting = 'hang';
  await all.process.live();
  await condition('hangs', async () =>
    (await all.get('/process/startupz')).includes('did not answer Attach within 2000 ms'),
  );
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const incarnation = coordinator.state?.incarnation ?? '';
  await coordinator.ask(1, 'start', { incarnation });
  await coordinator.until('refused', () => coordinator.answers.length === 1);
  expect(coordinator.answers[0]).toMatch(/^1:(NOT_ATTACHED|GONE)$/);
});

test.each([
  ['die', 'the process is gone'],
  ['hang', 'the process said nothing for 5000 ms'],
] as const)('a process that does %s is noticed, and told as what it is', async (how, why) => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.incarnation();
  if (how === 'die') all.process.die();
  else all.process.silent = true;
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  expect(await all.get('/process/readyz')).toBe(`503 no process is attached: ${why}`);
  // Whoever looks from afar reads whether it is gone or only silent.
  expect(coordinator.state?.cause).toBe(why);
});

test('a process that dies in the middle of a hook comes back as another incarnation', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const incarnation = await coordinator.incarnation();
  all.process.behaviour = 'hang';
  await coordinator.ask(1, 'start');
  await condition('begun', () => all.process.performed.length === 1);
  all.process.die();
  await coordinator.until('detached', () => coordinator.state?.attached === false);
  expect(coordinator.state?.doing).toMatchObject({ operationNumber: 1 });
  all.process.startId = 'start-2';
  await all.process.live();
  await coordinator.until('a new life', () => coordinator.state?.attached === true);
  expect(coordinator.state?.incarnation).not.toBe(incarnation);
  expect(coordinator.state).toMatchObject({ state: 'idle', doing: null });
  await coordinator.ask(1, 'start', { incarnation });
  await coordinator.untilAnswers('1:GONE');
  expect(all.process.performed).toHaveLength(1);
});

test('attachment numbers grow and are not used again after a restart of the sidecar', async () => {
  await using all = await rig();
  await condition('attached', () => all.process.attaches.length === 1);
  await all.restart();
  await condition('attached again', () => all.process.attaches.length === 2);
  const [first, second] = all.process.attaches;
  expect(second?.attachment).toBeGreaterThan(first?.attachment ?? 0);
  expect(first).toMatchObject({ contractVersion: 1, partition: 'daq', segment: 'readout', ordinal: 3 });
  await condition('observed', () => all.process.intervalMs === OBSERVE_INTERVAL_MS);
});
