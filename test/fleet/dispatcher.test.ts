import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Incarnation, Target } from '../../coordinator/core/model/partition.ts';
import type { DownMessage } from '../../coordinator/core/model/turn.ts';
import { HEARTBEATS_MISSED_MAX } from '../../coordinator/fleet/silence.ts';
import { condition } from '../sidecar/condition.ts';
import { fakeSidecar, state } from './fakeSidecar.ts';
import { GREETING, placeOf, rig } from './rig.ts';

const READOUT = 'readout-0' as Target;
const SETTLE: DownMessage = { type: 'settle', operationNumber: 3, step: 1 };

function disconnectedBecause(words: RegExp) {
  return expect.objectContaining({
    type: 'disconnected',
    target: READOUT,
    cause: expect.stringMatching(words),
  });
}

test('Hello comes first and says who leads; the Welcome becomes an event; messages go down', async () => {
  await using sidecar = await fakeSidecar();
  using fleet = rig({ places: { [READOUT]: placeOf(sidecar) } });
  expect(await fleet.until('welcome')).toMatchObject({
    target: READOUT,
    foreign: false,
    last: undefined,
    state: { state: 'initial', attached: true, doing: undefined },
  });
  expect(sidecar.heard[0]?.hello).toEqual({
    ...GREETING,
    target: READOUT,
    contractVersion: 1,
    heartbeatIntervalMs: 10_000,
  });
  fleet.dispatcher.send(READOUT, SETTLE);
  const request = {
    token: { operationNumber: 3, step: 1, operationId: 'op' },
    incarnation: 'podpod00.life0000' as Incarnation,
    machineHash: '0123456789abcdef',
    transition: 'start',
    from: 'configured',
    to: 'running',
    budgetMs: 5_000,
    stopPath: true,
    runNumber: 7,
  };
  fleet.dispatcher.send(READOUT, { type: 'request', request: { ...request, arguments: { rate: 2 } } });
  fleet.dispatcher.send(READOUT, { type: 'giveUp', operationNumber: 3, step: 1 });
  fleet.dispatcher.send(READOUT, { type: 'leave', incarnation: request.incarnation, verdict: 'ordered' });
  fleet.dispatcher.send(READOUT, { type: 'podFacts', sentence: 'was OOMKilled', restarts: 2 });
  await condition('all five came', () => sidecar.heard.length === 6);
  expect(sidecar.heard[1]?.settle).toEqual({ operationNumber: 3, step: 1 });
  expect(sidecar.heard[2]?.request).toEqual({ ...request, argumentsJson: '{"rate":2}' });
  expect(sidecar.heard[3]?.giveUp).toEqual({ operationNumber: 3, step: 1 });
  expect(sidecar.heard[4]?.leave).toEqual({ incarnation: request.incarnation, mode: 'LEAVE_MODE_ORDERED' });
  expect(sidecar.heard[5]?.podFacts).toEqual({ sentence: 'was OOMKilled', restarts: 2 });
});

test('a lost sidecar is told once and dialled again until it is back', async () => {
  const first = await fakeSidecar();
  using fleet = rig({ places: { [READOUT]: placeOf(first) } });
  await fleet.until('welcome');
  await first[Symbol.asyncDispose]();
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(/closed the stream/));
  await fleet.until('disconnected', (event) => 'cause' in event && /connection refused/.test(event.cause));
  await condition('it is dialled some times more', () => fleet.retries() > 3);
  const port = Number(first.address.split(':')[1]);
  await using second = await fakeSidecar({ port });
  await fleet.until('welcome');
  expect(second.heard[0]?.hello).toBeDefined();
  // However often it was dialled in between: each cause was told once.
  expect(fleet.events.filter((event) => event.type === 'disconnected').length).toBe(2);
});

test('the death of a sidecar is noticed at once, without waiting for heartbeats', async () => {
  const program = fileURLToPath(new URL('sidecarProcess.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = await once(child.stdout, 'data');
  using fleet = rig({ places: { [READOUT]: { address: String(address).trim(), podUid: 'pod-0' } } });
  await fleet.until('welcome');
  const exit = once(child, 'exit');
  const killedAtMs = performance.now();
  child.kill('SIGKILL');
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(/ended/));
  expect(performance.now() - killedAtMs).toBeLessThan(10_000);
  await exit;
});

test('a target that moves is dialled at once, one that is only lost waits for its next attempt', async () => {
  const lost = { address: '127.0.0.1:1', podUid: 'pod-0' };
  await using sidecar = await fakeSidecar({ target: 'readout-1' });
  const dialled: string[] = [];
  using fleet = rig({
    targets: [READOUT, 'readout-1'],
    places: { [READOUT]: lost },
    greeting: (target) => {
      dialled.push(target);
      return GREETING;
    },
  });
  await condition('it is tried some times', () => fleet.retries() > 3);
  dialled.length = 0;
  fleet.move({ 'readout-1': placeOf(sidecar) });
  expect(dialled).toEqual(['readout-1']);
  await fleet.until('welcome');
});

test('a sidecar that is started again is dialled at once, however long it was away', async () => {
  const first = await fakeSidecar();
  const port = Number(first.address.split(':')[1]);
  let dialled = 0;
  using fleet = rig({
    places: { [READOUT]: { ...placeOf(first), sign: 'first life' } },
    greeting: () => {
      dialled += 1;
      return GREETING;
    },
  });
  await fleet.until('welcome');
  await first[Symbol.asyncDispose]();
  // By then an attempt is made every two seconds.
  await condition('it is away for a while', () => fleet.retries() > 6);
  await using second = await fakeSidecar({ port });
  dialled = 0;
  fleet.move({ [READOUT]: { ...placeOf(second), sign: 'second life' } });
  expect(dialled).toBe(1);
  await fleet.until('welcome');
  // A stream that is open is not touched by what the kubelet says later.
  fleet.move({ [READOUT]: { ...placeOf(second), sign: 'second life, started' } });
  fleet.dispatcher.send(READOUT, SETTLE);
  await condition('it is still the one stream', () => second.heard.some(({ settle }) => settle));
  expect(second.streams).toHaveLength(1);
});

test('nothing is dialled or told without a place, and a place that comes is dialled at once', async () => {
  await using sidecar = await fakeSidecar();
  using fleet = rig();
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(/address is not known yet/));
  fleet.dispatcher.send(READOUT, SETTLE);
  fleet.move({ [READOUT]: placeOf(sidecar) });
  await fleet.until('welcome');
  expect(sidecar.heard.length).toBe(1);
  expect(fleet.dispatcher.address(READOUT)).toBe(sidecar.address);
});

test('a target that moves is followed; what its old stream says counts no more', async () => {
  await using before = await fakeSidecar();
  await using after = await fakeSidecar({ podUid: 'pod-1' });
  using fleet = rig({ places: { [READOUT]: placeOf(before) } });
  await fleet.until('welcome');
  fleet.move({ [READOUT]: placeOf(after) });
  before.say({ state: state(before, { stateNumber: 99 }) });
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(/address has changed/));
  await fleet.until('welcome');
  after.say({ state: state(after, { stateNumber: 2 }) });
  expect(await fleet.until('state')).toMatchObject({ state: { stateNumber: 2 } });
  expect(fleet.events).not.toContainEqual(
    expect.objectContaining({ state: expect.objectContaining({ stateNumber: 99 }) }),
  );
  fleet.move({ [READOUT]: undefined });
  await fleet.until('disconnected', (event) => 'cause' in event && /not known yet/.test(event.cause));
});

test('P10: a stream that is silent for three heartbeats is closed; one with heartbeats lives', async () => {
  await using silent = await fakeSidecar();
  await using beating = await fakeSidecar({ target: 'readout-1', podUid: 'pod-1' });
  const heartbeatMs = 40;
  const limitMs = HEARTBEATS_MISSED_MAX * heartbeatMs;
  let nowMs = 0;
  using fleet = rig({
    heartbeatMs,
    monotonicMs: () => nowMs,
    targets: [READOUT, 'readout-1'],
    places: { [READOUT]: placeOf(silent), 'readout-1': placeOf(beating) },
  });
  await condition(
    'both are welcomed',
    () => fleet.events.filter(({ type }) => type === 'welcome').length === 2,
  );
  for (let silences = 1; silences <= 3; silences += 1) {
    await fleet.until('welcome', (event) => 'target' in event && event.target === READOUT);
    for (const _ of ['half of the time', 'all of it']) {
      nowMs += limitMs / 2;
      beating.say({ heartbeat: { stateNumber: 1 } });
      // A state behind the heartbeat shows when it has come.
      beating.say({ state: state(beating) });
      await fleet.until('state');
    }
    expect(fleet.events.filter((event) => event.type === 'disconnected').length).toBe(silences - 1);
    nowMs += 1;
    // The same cause again after a Welcome is news.
    expect(await fleet.until('disconnected')).toEqual(
      disconnectedBecause(new RegExp(`silent for three heartbeats \\(${limitMs} ms\\)`)),
    );
  }
  expect(beating.streams.length).toBe(1);
});

test('a new epoch opens every stream anew; answers come from the newest only', async () => {
  await using sidecar = await fakeSidecar();
  let epoch = 4;
  using fleet = rig({ places: { [READOUT]: placeOf(sidecar) }, greeting: () => ({ ...GREETING, epoch }) });
  await fleet.until('welcome');
  epoch = 6;
  fleet.dispatcher.connectAll();
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(/opened anew/));
  await fleet.until('welcome');
  expect(sidecar.heard.map((message) => message.hello?.epoch)).toEqual([4, 6]);
  sidecar.streams[0]?.write({ state: state(sidecar, { stateNumber: 99 }) });
  sidecar.streams[1]?.write({ state: state(sidecar, { stateNumber: 2 }) });
  expect(await fleet.until('state')).toMatchObject({ state: { stateNumber: 2 } });
  fleet.dispatcher.connect(READOUT);
  await fleet.until('welcome');
  expect(sidecar.streams.length).toBe(3);
});

test('what comes in one breath with the end of a stream is dropped with it', async () => {
  await using sidecar = await fakeSidecar();
  using fleet = rig({
    places: { [READOUT]: placeOf(sidecar) },
    // The first state leads to a new stream; two more are on their way then.
    post: (event) => {
      if (event.type === 'state' && event.state.stateNumber === 2) fleet.dispatcher.connect(READOUT);
      return true;
    },
  });
  await fleet.until('welcome');
  for (const stateNumber of [2, 3, 4]) sidecar.say({ state: state(sidecar, { stateNumber }) });
  await fleet.until('welcome');
  expect(fleet.events.flatMap((event) => (event.type === 'state' ? [event.state.stateNumber] : []))).toEqual([
    2,
  ]);
});

test('after disposal nothing is told or dialled any more', async () => {
  await using sidecar = await fakeSidecar();
  const fleet = rig({ places: { [READOUT]: placeOf(sidecar) } });
  await fleet.until('welcome');
  const count = fleet.events.length;
  fleet.dispatcher[Symbol.dispose]();
  await condition('the stream ends', () =>
    sidecar.streams.every((stream) => stream.cancelled || stream.destroyed),
  );
  expect(fleet.events.length).toBe(count);
});

test('who comes is dialled, who goes is let go and told nothing more of', async () => {
  await using staying = await fakeSidecar();
  await using going = await fakeSidecar({ target: 'readout-1' });
  await using coming = await fakeSidecar({ target: 'readout-2' });
  const places = { [READOUT]: placeOf(staying), 'readout-1': placeOf(going), 'readout-2': placeOf(coming) };
  using fleet = rig({ targets: [READOUT, 'readout-1'], places });
  await condition('both are there', () => staying.heard.length + going.heard.length === 2);
  await condition('both are welcomed', () => fleet.events.length >= 2);
  const before = fleet.events.length;
  fleet.dispatcher.follow([READOUT, 'readout-2' as Target]);
  await fleet.until('welcome', (event) => 'target' in event && event.target === 'readout-2');
  await condition(
    'its stream is closed',
    () => going.streams[0]?.cancelled === true || going.streams[0]?.destroyed === true,
  );
  fleet.dispatcher.send('readout-1' as Target, SETTLE);
  fleet.move({ 'readout-1': { ...placeOf(going), podUid: 'another' } });
  fleet.dispatcher.send(READOUT, SETTLE);
  await condition('who stays still hears', () => staying.heard.length === 2);
  expect(going.heard.length).toBe(1);
  expect(fleet.events.slice(before).map((event) => 'target' in event && event.target)).toEqual(['readout-2']);
});
