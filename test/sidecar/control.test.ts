// The control stream: who may speak, what is malformed, which stream counts, and what is bounded.

import { credentials, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { fromStatus } from '../../protos/failure/status.ts';
import type { ControlRequest } from '../../protos/generated/baton/v1/ControlRequest.ts';
import { v1 } from '../../protos/load.ts';
import { machineFromWire } from '../../protos/machine/wire.ts';
import { HELLO_TIMEOUT_MS, OUTGOING_MAX, STREAMS_MAX } from '../../sidecar/api/control.ts';
import { WATCHERS_MAX } from '../../sidecar/api/watch.ts';
import { monotonicClock } from '../../sidecar/clock.ts';
import { condition } from './condition.ts';
import { rig } from './rig.ts';
import { HELLO, TestCoordinator } from './testCoordinator.ts';

/** Opens a stream, writes the messages, and gives how it ended. */
async function endOf(address: string, ...messages: readonly ControlRequest[]) {
  using coordinator = new TestCoordinator(address);
  for (const message of messages) coordinator.stream.write(message);
  await coordinator.until('the end', () => coordinator.ended !== undefined);
  const { ended } = coordinator;
  if (ended === undefined || ended === 'ended') throw new Error('the stream ended without an error');
  return ended;
}

describe('a stream that is not for this sidecar', () => {
  test.each([
    [{ contractVersion: 2 }, 'incompatible: the sidecar speaks contract 1, the coordinator 2'],
    [{ target: 'readout-4' }, 'this is readout-3 of partition daq, not readout-4 of partition daq'],
    [{ partition: 'other' }, 'this is readout-3 of partition daq, not readout-3 of partition other'],
  ])('%j is told both sides', async (changed, details) => {
    await using all = await rig();
    const ended = await endOf(all.sidecar.grpc, { hello: { ...HELLO, ...changed } });
    expect(ended).toMatchObject({ code: status.FAILED_PRECONDITION, details });
  });

  test('a stale epoch gets its Welcome and is ended naming the newer one', async () => {
    await using all = await rig();
    using leader = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: 5 });
    using stale = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: 4 });
    await stale.until('the end', () => stale.ended !== undefined);
    expect(stale.ended).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'epoch 5 leads' });
    expect(stale.heard[0]?.welcome).toMatchObject({ foreign: false, fence: { epoch: 5 } });
    await leader.ask(1, 'start');
    await leader.untilAnswers('1:executed');
  });

  test('another journal is welcomed as foreign and ended', async () => {
    await using all = await rig();
    using leader = await TestCoordinator.welcomed(all.sidecar.grpc);
    using foreign = await TestCoordinator.welcomed(all.sidecar.grpc, { journalId: 'journal-2', epoch: 9 });
    expect(foreign.heard[0]?.welcome).toMatchObject({ foreign: true, journalId: 'journal-1' });
    await foreign.until('the end', () => foreign.ended !== undefined);
    expect(foreign.ended).toMatchObject({ details: 'another journal commands this sidecar' });
    expect(leader.ended).toBeUndefined();
  });

  test('a newer stream of the same epoch ends the older one, and gets the answers', async () => {
    await using all = await rig();
    using older = await TestCoordinator.welcomed(all.sidecar.grpc);
    all.process.behaviour = 'hang';
    await older.ask(1, 'start');
    await condition('begun', () => all.process.performed.length === 1);
    using newer = await TestCoordinator.welcomed(all.sidecar.grpc);
    await older.until('the end', () => older.ended !== undefined);
    expect(older.ended).toMatchObject({ code: status.FAILED_PRECONDITION });
    all.process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
    await newer.untilAnswers('1:executed');
    expect(older.answers).toEqual([]);
  });
});

describe('a malformed stream', () => {
  test('a Hello with several faults is told all of them', async () => {
    await using all = await rig();
    const hello = { ...HELLO, journalId: '', epoch: 0, heartbeatIntervalMs: 5 };
    const trouble = fromStatus(await endOf(all.sidecar.grpc, { hello }));
    expect(trouble.code).toBe('MALFORMED');
    expect(trouble.problems).toEqual([
      { path: 'hello.journal_id', want: '1 to 64 characters', got: '0 characters' },
      { path: 'hello.epoch', want: `an integer in 1..${Number.MAX_SAFE_INTEGER}`, got: '0' },
      { path: 'hello.heartbeat_interval_ms', want: 'an integer in 10..60000', got: '5' },
    ]);
  });

  const token = { operationNumber: 1, step: 0, operationId: 'op' };
  const request = { token, transition: 'start', budgetMs: 1, argumentsJson: '{}' };
  test.each([
    [{ ...request, token: { ...token, operationNumber: 0 } }, 'request.token.operation_number'],
    [
      { ...request, token: { ...token, operationNumber: '9007199254740993' } },
      'request.token.operation_number',
    ],
    [{ ...request, token: { ...token, operationId: 'x'.repeat(65) } }, 'request.token.operation_id'],
    [{ ...request, transition: '' }, 'request.transition'],
    [{ ...request, budgetMs: 0 }, 'request.budget_ms'],
    [{ ...request, budgetMs: 3_000_000_000 }, 'request.budget_ms'],
    [{ ...request, argumentsJson: '[1]' }, 'request.arguments_json'],
    [{ ...request, argumentsJson: '{"a":' }, 'request.arguments_json'],
    [{ ...request, argumentsJson: `{"a":"${'x'.repeat(65_536)}"}` }, 'request.arguments_json'],
  ])('a request %# is refused naming the field', async (raw, path) => {
    await using all = await rig();
    const trouble = fromStatus(await endOf(all.sidecar.grpc, { hello: HELLO }, { request: raw }));
    expect(trouble.code).toBe('MALFORMED');
    expect(trouble.problems.map((problem) => problem.path)).toEqual([path]);
    expect(all.process.performed).toHaveLength(0);
  });

  test.each([
    ['a request before Hello', [{ request }]],
    ['a second Hello', [{ hello: HELLO }, { hello: HELLO }]],
  ])('%s ends the stream', async (_, messages) => {
    await using all = await rig();
    const ended = await endOf(all.sidecar.grpc, ...messages);
    expect(ended).toMatchObject({ details: 'Hello comes first and once on a control stream' });
  });

  test('a message without content and a leave without a mode say what they miss', async () => {
    await using all = await rig();
    const empty = fromStatus(await endOf(all.sidecar.grpc, { hello: HELLO }, {}));
    expect(empty.problems[0]?.path).toBe('message');
    const leave = fromStatus(await endOf(all.sidecar.grpc, { hello: { ...HELLO, epoch: 2 } }, { leave: {} }));
    expect(leave.problems[0]?.path).toBe('leave.mode');
  });

  test('a message of more than 1 MiB ends the stream, not the sidecar', async () => {
    await using all = await rig();
    const large = { request: { ...request, transition: 'x'.repeat(2_000_000) } };
    const ended = await endOf(all.sidecar.grpc, { hello: HELLO }, large);
    expect(ended.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(await all.get('/livez')).toBe('200 the sidecar is alive');
  });
});

describe('what is bounded', () => {
  test('a stream without Hello is ended', async () => {
    // The limit of five seconds comes after twenty milliseconds.
    const after = (delayMs: number, run: () => void) =>
      monotonicClock.after(delayMs === HELLO_TIMEOUT_MS ? 20 : delayMs, run);
    await using all = await rig({}, { ...monotonicClock, after });
    const ended = await endOf(all.sidecar.grpc);
    expect(ended).toMatchObject({ details: `no Hello came within ${HELLO_TIMEOUT_MS} ms` });
  });

  test('streams at once, and ended ones make room', async () => {
    await using all = await rig();
    for (let at = 0; at < 3 * STREAMS_MAX; at += 1) await endOf(all.sidecar.grpc, {});
    const open = Array.from({ length: STREAMS_MAX + 1 }, () => new TestCoordinator(all.sidecar.grpc));
    await condition('one is refused', () => open.some((each) => each.ended !== undefined));
    const refused = open.filter((each) => each.ended !== undefined);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    for (const each of open) each[Symbol.dispose]();
    await condition('room again', async () => {
      using next = new TestCoordinator(all.sidecar.grpc);
      next.stream.write({ hello: HELLO });
      await next.until('a word', () => next.heard.length > 0 || next.ended !== undefined);
      return next.heard.length > 0;
    });
  });

  test('a coordinator that does not read is dropped with a word', async () => {
    await using all = await rig();
    using deaf = await TestCoordinator.welcomed(all.sidecar.grpc);
    deaf.stream.pause();
    const allowed = { settle: { operationNumber: 1, step: 0 } };
    for (let at = 0; at < 20 * OUTGOING_MAX; at += 1) deaf.stream.write(allowed);
    // The sidecar is free for the next one while the deaf one has read nothing.
    await condition('dropped', () => all.log.join('').includes('the coordinator did not read 1024 messages'));
    using next = await TestCoordinator.welcomed(all.sidecar.grpc);
    await next.ask(2, 'start');
    await next.untilAnswers('2:executed');
    deaf.stream.resume();
    await deaf.until('the word', () => deaf.ended !== undefined);
    expect(deaf.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  test('watchers', async () => {
    await using all = await rig();
    const client = new v1.Sidecar(all.sidecar.grpc, credentials.createInsecure());
    const seen: string[] = [];
    const ends: number[] = [];
    const watch = () => {
      const stream = client.watchState({});
      stream.on('data', (told) => seen.push(`${told.state.stateNumber}:${told.state.attached}`));
      stream.on('error', (error) => ends.push(Reflect.get(error, 'code')));
      return stream;
    };
    const streams = Array.from({ length: WATCHERS_MAX }, watch);
    await condition(
      'all see the attached process',
      () => seen.filter((each) => each === '1:true').length === WATCHERS_MAX,
    );
    watch();
    await condition('one too many', () => ends.length === 1);
    expect(ends).toEqual([status.RESOURCE_EXHAUSTED]);
    all.process.die();
    await condition('all see it go', () => seen.filter((each) => each === '2:false').length === WATCHERS_MAX);
    for (const stream of streams) stream.cancel();
    const before = seen.length;
    await condition('room again', () => {
      if (seen.length > before) return true;
      watch();
      return false;
    });
    client.close();
  });
});

test('heartbeats come in the interval that Hello asked for, with the newest state number', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc, { heartbeatIntervalMs: 10 });
  await coordinator.incarnation();
  await coordinator.until('heartbeats', () => coordinator.heard.filter((each) => each.heartbeat).length > 5);
  expect(coordinator.heard.findLast((each) => each.heartbeat)?.heartbeat?.stateNumber).toBe(1);
});

test('a sidecar that stops tells its coordinator so', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await all.restart();
  expect(coordinator.ended).toMatchObject({ code: status.UNAVAILABLE, details: 'the sidecar stops' });
});

test('what the platform knows of the pod is kept for people, and a sentence that is too long is malformed', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  const podFacts = { sentence: 'the process was OOMKilled, 3 restarts', restarts: 3 };
  coordinator.stream.write({ podFacts });
  const client = new v1.Sidecar(all.sidecar.grpc, credentials.createInsecure());
  const told = () =>
    new Promise((resolve, reject) =>
      client.getState({}, (error, response) => (error ? reject(error) : resolve(response?.podFacts))),
    );
  await expect.poll(told).toEqual(podFacts);
  client.close();
  const long = { podFacts: { ...podFacts, sentence: 'x'.repeat(501) } };
  const ended = fromStatus(await endOf(all.sidecar.grpc, { hello: { ...HELLO, epoch: 2 } }, long));
  expect(ended.problems.map(({ path }) => path)).toEqual(['pod_facts.sentence']);
});

test('people and tools may ask for the state and the machine', async () => {
  await using all = await rig();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  const client = new v1.Sidecar(all.sidecar.grpc, credentials.createInsecure());
  const deadline = Date.now() + 5_000;
  const { promise: state, resolve: told } = Promise.withResolvers<unknown>();
  client.getState({}, { deadline }, (_, answer) => told(answer));
  expect(await state).toMatchObject({
    partition: 'daq',
    target: 'readout-3',
    podUid: 'pod-1',
    last: { answer: { kind: 'ANSWER_KIND_EXECUTED' } },
    state: { state: 'running', attached: true },
  });
  const { promise: machine, resolve: described } = Promise.withResolvers<unknown>();
  client.describeMachine({}, { deadline }, (_, answer) =>
    described(answer?.machine ? machineFromWire(answer.machine) : undefined),
  );
  expect(await machine).toEqual(all.config.machine);
  client.close();
});
