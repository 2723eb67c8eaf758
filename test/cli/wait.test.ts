import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { judge, parseConditions } from '../../coordinator/cli/conditions.ts';
import { runBaton } from '../../coordinator/cli/main.ts';
import { pictureOf } from '../../coordinator/cli/picture.ts';
import { openPorts } from '../../coordinator/up/ports.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import { startFake } from './fakeCoordinator.ts';
import { type FakeWorld, fakeWorld, run } from './fakeWorld.ts';
import { operation, partition, target, WALL_MS } from './fixtures.ts';

/** Time that passes as it does outside: the fake one passes in each sleep, and a wait would be over at once. */
function inRealTime(world: FakeWorld): FakeWorld {
  return {
    ...world,
    nowMs: () => performance.now(),
    sleep: async (milliseconds, signal) => {
      await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    },
  };
}

const open = operation({ status: 'OPERATION_STATUS_OPEN', finishedAtMs: 0 });
const failed = operation({ status: 'OPERATION_STATUS_FAILED', cause: 'readout-1 did not execute conf' });
const goesOn = {
  number: 5,
  status: 'RUN_STATUS_OPEN',
  cause: '',
  startedAtMs: WALL_MS,
  endedAtMs: 0,
} as const;
const ended = { ...goesOn, status: 'RUN_STATUS_CLEAN', endedAtMs: WALL_MS } as const;

function withTarget(changes: Parameters<typeof target>[1]): Partial<Partition__Output> {
  return { targets: [target('a-0'), target('a-1', changes)] };
}

test.each<[string, string, Partial<Partition__Output>, Operation__Output?]>([
  ['state=running', 'met', {}],
  ['state=ready', 'open', {}],
  ['state=mixed', 'met', { state: 'mixed' }],
  ['run=open', 'met', { run: goesOn }],
  ['run=open', 'open', { run: ended }],
  ['run=open', 'open', {}],
  ['run=none', 'open', { run: goesOn }],
  ['run=none', 'met', { run: ended }],
  ['run=none', 'met', {}],
  ['operation=none', 'met', {}],
  ['operation=none', 'open', { operation: open }],
  ['operation=none', 'met', { operation: failed }],
  ['operation=op-x', 'open', {}, open],
  ['operation=op-x', 'met', {}, operation()],
  ['operation=op-x', 'never', {}, failed],
  ['operation=op-x', 'never', {}, operation({ status: 'OPERATION_STATUS_CANCELLED' })],
  ['targets=ready', 'met', withTarget({ doing: 'start' })],
  ['targets=ready', 'open', withTarget({ inError: true })],
  ['targets=ready', 'open', withTarget({ attached: false })],
  ['targets=ready', 'open', withTarget({ connected: false })],
])('%s is %s', (text, kind, changes, asked) => {
  const [condition] = parseConditions([text]);
  if (condition === undefined) throw new Error('no condition');
  expect(judge(condition, pictureOf(partition(changes), 1, 0), asked).kind).toBe(kind);
});

test('what cannot be waited for is told at once, a state after the machine is known', async () => {
  const wrong = await run(fakeWorld('127.0.0.1:1'), 'wait --for run=7 --for sate=x --for state=');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('got "run=7"');
  expect(wrong.err).toContain('(did you mean "state"?), got "sate=x"');
  expect(wrong.err).toContain('got "state="');
  await using fake = await startFake();
  const unknown = await run(inRealTime(fakeWorld(fake.address)), 'wait --for state=runing');
  expect(unknown).toMatchObject({ code: 2, out: '' });
  expect(unknown.err).toContain('(did you mean "running"?), got "runing"');
});

test('all conditions must hold at one moment', async () => {
  await using fake = await startFake();
  fake.picture = partition({ state: 'ready', run: goesOn });
  const world = fakeWorld(fake.address);
  const waiting = runBaton(
    ['wait', '--for', 'state=running', '--for', 'run=open', '-o', 'json'],
    inRealTime(world),
  );
  await fake.watched();
  const { operation: _left, ...rest } = partition({ targets: [], run: null });
  fake.tell({ partition: rest });
  fake.tell({ partition: { ...rest, state: 'ready', run: goesOn } });
  fake.tell({ partition: { ...rest, run: goesOn } });
  expect(await waiting).toBe(0);
  expect(JSON.parse(world.out.text())).toMatchObject({ state: 'running', run: { number: 5 } });
  expect(world.err.text()).toBe('waiting for state=running and run=open, at most 30s\n');
});

test('an operation that ended while the stream was away is found, and one that failed is waited for no more', async () => {
  await using fake = await startFake();
  fake.picture = partition({ operation: open });
  const world = fakeWorld(fake.address);
  const waiting = runBaton(['wait', '--for', `operation=${open.id}`], inRealTime(world));
  await fake.watched();
  fake.operations = [failed];
  fake.picture = partition({ operation: operation({ id: 'op-other', number: 9 }) });
  fake.breakStreams();
  expect(await waiting).toBe(1);
  expect(world.err.text()).toContain(
    'will not be met: sequence start_run failed: readout-1 did not execute conf\nnow: mini is running\n',
  );
});

test('an operation that ended before the present one began counts until all hold', async () => {
  await using fake = await startFake();
  const other = operation({ id: 'op-other', number: 9, status: 'OPERATION_STATUS_OPEN', finishedAtMs: 0 });
  fake.operations = [operation()];
  fake.picture = partition({ operation: other, run: goesOn });
  const world = fakeWorld(fake.address);
  const words = ['wait', '--for', 'operation=4', '--for', 'run=none', '--timeout', '10s'];
  const waiting = runBaton(words, inRealTime(world));
  await fake.watched();
  const { targets: _targets, ...rest } = partition({ operation: other, run: ended });
  fake.tell({ partition: rest });
  expect(await waiting, world.err.text()).toBe(0);
});

test('an operation is known by its number too; one that nobody remembers is told', async () => {
  await using fake = await startFake();
  fake.picture = partition({ operation: operation() });
  expect((await run(inRealTime(fakeWorld(fake.address)), 'wait --for operation=4')).code).toBe(0);
  const unknown = await run(inRealTime(fakeWorld(fake.address)), 'wait --for operation=77');
  expect(unknown.code).toBe(3);
  expect(unknown.err).toContain('remembers no operation "77"');
});

test('a coordinator that is not there yet is waited for', async () => {
  const port = await openPorts(Math.random).take(0);
  const world = fakeWorld(`127.0.0.1:${port}`);
  const waiting = runBaton(['wait', '--for', 'targets=ready'], inRealTime(world));
  await world.err.shows('trying again');
  await using _fake = await startFake(`127.0.0.1:${port}`);
  expect(await waiting).toBe(0);
  expect(world.out.text()).toBe('mini is running\n');
});

test('when the time is over it tells what is true now, or that nobody answers', async () => {
  await using fake = await startFake();
  const world = fakeWorld(fake.address);
  const over = Promise.withResolvers<void>();
  let looks = 0;
  const waiting = runBaton(['wait', '--for', 'run=open', '--timeout', '5m'], {
    ...world,
    // The clock is read at the beginning and with each message: after the first one the time is over.
    nowMs: () => {
      looks += 1;
      if (looks === 2) setImmediate(over.resolve);
      return 0;
    },
    sleep: () => over.promise,
  });
  expect(await waiting).toBe(1);
  expect(world.err.text()).toContain('baton: run=open was not met within 5m\nnow: mini is running\nnext: ');
  const nobody = await run(fakeWorld('127.0.0.1:1'), 'wait --for run=none --timeout 300ms');
  expect(nobody.code).toBe(4);
  expect(nobody.err).toContain('; waited 300ms for run=none\nnow: what goes on');
});

test('Ctrl-C ends the wait', async () => {
  await using fake = await startFake();
  const world = fakeWorld(fake.address);
  const waiting = runBaton(['wait', '--for', 'state=ready'], inRealTime(world));
  await fake.watched();
  world.interrupt();
  expect(await waiting).toBe(130);
  expect(world.out.text()).toBe('');
});
