import { once } from 'node:events';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { TARGETS_MAX } from '../../coordinator/api/request.ts';
import { systemClock } from '../../coordinator/clock.ts';
import { Coordinator } from '../../coordinator/coordinator.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Partition__Output } from '../../protos/generated/baton/v1/Partition.ts';
import { baton } from '../e2e/person.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { START, submit, troubleOf } from './calls.ts';
import { health } from './health.ts';
import { clientOf, fixedPlaces, partitionOf, rig } from './rig.ts';

const PARTS = {
  partition: partitionOf(0),
  heartbeatMs: 60_000,
  discovery: fixedPlaces([]),
  listen: '127.0.0.1:0',
  insecureListen: false,
  clock: systemClock,
  log: pino({ level: 'silent' }),
  onFatal: (error: unknown) => {
    throw error;
  },
};

test('health tells who leads, and a standby refuses every call', async () => {
  await using world = await rig(0);
  await using standby = await Coordinator.start({ ...PARTS, journal: world.journal });
  await standby.begun;
  using client = clientOf(standby.address);
  const calls = [
    client.partition(),
    submit(client, { operationId: 'op-1', command: START }),
    client.ask((stub, done) => stub.plan({ command: START }, done)),
    client.ask((stub, done) => stub.reportPod({}, done)),
  ];
  for (const call of calls) expect(await troubleOf(call)).toMatchObject({ code: 'NO_LEADER' });
  const facts = { leader: world.coordinator.address, pid: String(process.pid) };
  expect(await troubleOf(client.partition())).toMatchObject({ facts });
  const watching = client.stub.watch({});
  const [refused] = await once(watching, 'error');
  expect(refused.details).toContain(`process ${process.pid} at ${world.coordinator.address} leads`);
  expect(await health(world.coordinator.address)).toEqual(['SERVING', 'SERVING']);
  expect(await health(standby.address)).toEqual(['SERVING', 'NOT_SERVING']);
  await world.coordinator[Symbol.asyncDispose]();
  expect(await standby.leads).toBe(true);
  expect(await health(standby.address)).toEqual(['SERVING', 'SERVING']);
});

test('a client that knows only the standby follows its word to the leader', async () => {
  await using world = await rig(1);
  await using standby = await Coordinator.start({ ...PARTS, journal: world.journal });
  await standby.begun;
  const sent = await baton(standby.address, 'send start_run');
  expect(sent).toMatchObject({ code: 0, err: expect.not.stringContaining('trying again') });
  expect(world.sidecars[0]?.asked).toHaveLength(1);
});

test('a standby that is stopped never leads', async () => {
  await using world = await rig(0);
  const standby = await Coordinator.start({ ...PARTS, journal: world.journal });
  await standby.begun;
  await standby[Symbol.asyncDispose]();
  expect(await standby.leads).toBe(false);
});

test('a partition beyond one message is refused by GetPartition, which says what to do', async () => {
  using directory = temporaryDirectory();
  await using coordinator = await Coordinator.start({
    ...PARTS,
    partition: partitionOf(TARGETS_MAX),
    journal: directory.file('journal.db'),
  });
  await coordinator.leads;
  using client = clientOf(coordinator.address);
  const trouble = await troubleOf(client.partition());
  expect(trouble).toMatchObject({ code: 'LIMIT', message: expect.stringContaining('ask by Watch') });
  // Which people need not know: their command does so.
  const { code, out, err } = await baton(coordinator.address, 'status -o json');
  expect(err).toBe('');
  expect(code).toBe(0);
  const { targets, targetsLeft }: Partition__Output = JSON.parse(out);
  expect(targetsLeft).toBe(0);
  expect(targets.map(({ target }) => target)).toEqual(
    Array.from({ length: TARGETS_MAX }, (_, ordinal) => `readout-${ordinal}`),
  );
});

test('a first turn that fails leaves no leader and no note of one: the next start is a first one again', async () => {
  using directory = temporaryDirectory();
  const journal = directory.file('journal.db');
  const failure = new RunControlError('STORAGE', 'the disk is full');
  const fatal: unknown[] = [];
  let isFirst = true;
  const clock = () => {
    if (!isFirst) return systemClock();
    isFirst = false;
    throw failure;
  };
  {
    const onFatal = (error: unknown) => fatal.push(error);
    await using first = await Coordinator.start({ ...PARTS, journal, clock, onFatal });
    await expect(first.leads).rejects.toBe(failure);
    expect(fatal).toEqual([failure]);
    expect(await health(first.address)).toEqual(['SERVING', 'NOT_SERVING']);
    using client = clientOf(first.address);
    expect(await troubleOf(client.partition())).toMatchObject({ code: 'NO_LEADER' });
  }
  await using second = await Coordinator.start({ ...PARTS, journal });
  expect(await second.leads).toBe(true);
});

test('a journal of another partition is not taken', async () => {
  using directory = temporaryDirectory();
  const journal = directory.file('journal.db');
  {
    await using first = await Coordinator.start({ ...PARTS, journal });
    await first.leads;
  }
  const partition = { ...partitionOf(0), name: 'other' };
  await using second = await Coordinator.start({ ...PARTS, partition, journal });
  await expect(second.leads).rejects.toMatchObject({
    code: 'STORAGE',
    message: expect.stringContaining('belongs to partition daq, and this is other'),
  });
});
