import { Writable } from 'node:stream';
import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { QUEUE_MIN, WATCHERS_MAX, Watchers } from '../../coordinator/api/watchers.ts';
import { initialCore, observe } from '../../coordinator/core/core.ts';
import { emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { Target } from '../../coordinator/core/model/partition.ts';
import type { Core } from '../../coordinator/core/model/picture.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import type { WatchResponse, WatchResponse__Output } from '../../protos/generated/baton/v1/WatchResponse.ts';
import { condition } from '../sidecar/condition.ts';
import { type Client, partitionOf, rig } from './rig.ts';

type Watching = {
  readonly stream: ClientReadableStream<WatchResponse__Output>;
  readonly heard: readonly WatchResponse__Output[];
  ended: ServiceError | undefined;
};

function watch(client: Client): Watching {
  const stream = client.stub.watch({});
  const heard: WatchResponse__Output[] = [];
  const watching: Watching = { stream, heard, ended: undefined };
  stream.on('data', (response: WatchResponse__Output) => heard.push(response));
  stream.on('error', (error: ServiceError) => {
    watching.ended = error;
  });
  return watching;
}

test('a watcher gets the whole partition, then each change, the end of an operation after its targets', async () => {
  await using world = await rig(2);
  const { heard, stream } = watch(world.client);
  await condition('the snapshot came', () => heard.length > 0);
  expect(heard[0]?.snapshot).toMatchObject({ name: 'daq', state: 'idle' });
  expect(heard[0]?.snapshot?.targets.length).toBe(2);
  await world.client.ask((stub, done) =>
    stub.submit({ operationId: 'op-1', command: { transition: 'start' } }, done),
  );
  const ends = () => heard.findIndex((each) => each.operation?.status === 'OPERATION_STATUS_SUCCEEDED');
  await condition('its end came', () => ends() !== -1);
  const seen = heard
    .slice(1, ends())
    .flatMap((each) => (each.target ? [`${each.target.target} ${each.target.state}`] : []));
  expect(seen).toEqual(expect.arrayContaining(['readout-0 running', 'readout-1 running']));
  const heads = () => heard.flatMap((each) => (each.partition ? [each.partition] : []));
  await condition('the state came', () =>
    heads().some((head: Partition__Output) => head.state === 'running'),
  );
  const revisions = heard.map((each) => each.revision);
  expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  stream.cancel();
});

test('watchers are told when the coordinator stops', async () => {
  await using world = await rig(1);
  const watching = watch(world.client);
  await condition('the snapshot came', () => watching.heard.length > 0);
  await world.coordinator[Symbol.asyncDispose]();
  await condition('it was told', () => watching.ended !== undefined);
  expect(watching.ended?.details).toMatch(/is stopping; ask the next one/);
});

test('one watcher too many is refused, and has a place once another one has gone', async () => {
  await using world = await rig(0);
  const watchers = Array.from({ length: WATCHERS_MAX }, () => watch(world.client));
  await condition('all watch', () => watchers.every((each) => each.heard.length > 0));
  const refused = watch(world.client);
  await condition('it is refused', () => refused.ended !== undefined);
  expect(refused.ended?.details).toBe(
    `${WATCHERS_MAX} watchers are connected already; end one and try again`,
  );
  watchers[0]?.stream.cancel();
  await condition('there is a place again', async () => {
    const next = watch(world.client);
    await condition('it is answered', () => next.ended !== undefined || next.heard.length > 0);
    return next.heard.length > 0;
  });
  for (const each of watchers) each.stream.cancel();
});

/** A watcher whose connection takes nothing, or everything. */
function fakeCall(reads: boolean): {
  call: Writable;
  told: readonly WatchResponse[];
  trouble: () => unknown;
} {
  const told: WatchResponse[] = [];
  let trouble: unknown;
  const call = new Writable({
    objectMode: true,
    write: (message: WatchResponse, _, done) => {
      told.push(message);
      if (reads) done();
    },
  });
  call.on('error', (error) => {
    trouble = error;
  });
  return { call, told, trouble: () => trouble };
}

function watchedCore(members: number): { core: Core; seen: (ordinal: number, cause: string) => Target } {
  const core = initialCore(partitionOf(members), emptyJournal);
  return {
    core,
    seen: (ordinal, cause) => {
      const target = `readout-${ordinal}` as Target;
      observe(core, { type: 'disconnected', target, cause }, { monotonicMs: 0, wallMs: 0 });
      return target;
    },
  };
}

const SURROUNDINGS = { nowMs: 0, addressOf: () => '127.0.0.1:4000' };

test('a watcher that does not read is dropped with a sentence, and the others go on', async () => {
  const { core, seen } = watchedCore(1);
  const watchers = new Watchers({ core: () => core, surroundings: () => SURROUNDINGS });
  const stuck = fakeCall(false);
  watchers.add(stuck.call);
  const { call, told } = fakeCall(true);
  watchers.add(call);
  for (let change = 0; stuck.trouble() === undefined; change += 1) {
    expect(change).toBeLessThanOrEqual(QUEUE_MIN);
    watchers.changed({ target: seen(0, `cause ${change}`), recorded: true });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(stuck.trouble()).toMatchObject({
    code: 8,
    details: `this watcher does not read: ${QUEUE_MIN} messages wait for it; watch again`,
  });
  const before = told.length;
  watchers.changed({ target: seen(0, 'the last one'), recorded: true });
  await condition('the other one hears of it', () => told.length > before);
  expect(told.at(-1)?.target?.trouble).toBe('the last one');
  watchers.close(new RunControlError('STOPPING', 'enough'));
});

test('answers of many targets are gathered, each told once and with its newest state', async () => {
  const { core, seen } = watchedCore(3);
  const watchers = new Watchers({ core: () => core, surroundings: () => SURROUNDINGS });
  const { call, told } = fakeCall(true);
  watchers.add(call);
  for (const cause of ['first', 'second']) {
    for (const ordinal of [0, 1, 2]) watchers.changed({ target: seen(ordinal, cause), recorded: false });
  }
  await condition('they are told', () => told.length > 1);
  expect(told.flatMap(({ target }) => (target ? [target.trouble] : []))).toEqual([
    'second',
    'second',
    'second',
  ]);
  expect(watchers.revision).toBe(6);
});

test('when targets come or go everything is told anew', async () => {
  let { core } = watchedCore(1);
  const watchers = new Watchers({ core: () => core, surroundings: () => SURROUNDINGS });
  const { call, told } = fakeCall(true);
  watchers.add(call);
  core = watchedCore(2).core;
  watchers.changed({ target: undefined, recorded: false, members: true });
  await condition('it is told', () => told.length > 1);
  expect(told[1]?.snapshot?.targets?.map(({ target }) => target)).toEqual(['readout-0', 'readout-1']);
});

test('who comes when nobody watched is told of the way back too', async () => {
  const { core, seen } = watchedCore(1);
  const watchers = new Watchers({ core: () => present, surroundings: () => SURROUNDINGS });
  let present = core;
  const turn = async (epoch: number) => {
    present = { ...core, journal: { ...core.journal, epoch } };
    watchers.changed({ target: seen(0, 'lost'), recorded: true });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const first = fakeCall(true);
  watchers.add(first.call);
  await turn(1);
  first.call.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  await turn(2);
  const second = fakeCall(true);
  watchers.add(second.call);
  await turn(1);
  expect(second.told.flatMap(({ partition }) => (partition ? [partition.epoch] : []))).toEqual([1]);
});

test('a partition beyond one message comes in parts, and all of it comes', async () => {
  const { core, seen } = watchedCore(10_000);
  for (const ordinal of Array(10_000).keys()) seen(ordinal, 'x'.repeat(200));
  const watchers = new Watchers({ core: () => core, surroundings: () => SURROUNDINGS });
  const { call, told } = fakeCall(true);
  watchers.add(call);
  await condition('all came', () => (told[0]?.snapshot?.targets?.length ?? 0) + told.length - 1 === 10_000);
  expect(told[0]?.snapshot?.targets?.length).toBeGreaterThan(1_000);
  expect(JSON.stringify(told[0]).length).toBeLessThan(2 * 1_048_576);
});
