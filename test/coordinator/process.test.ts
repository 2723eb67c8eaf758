import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXIT } from '../../coordinator/config/exit.ts';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { obedientSidecar } from './obedient.ts';
import { run, told } from './program.ts';
import { clientOf } from './rig.ts';

/** The level of pino for what ends a process. */
const FATAL = 60;

test('a standby names the leader, takes over at its death, and stops when it is told to', async () => {
  using directory = temporaryDirectory();
  await using sidecar = await obedientSidecar('readout-0');
  const { address, podUid } = sidecar;
  writeFileSync(directory.file('targets.json'), JSON.stringify({ 'readout-0': { address, podUid } }));
  await using leader = await run(directory, 'leader');
  await using standby = await run(directory, 'standby');
  using client = clientOf(standby.address);
  const refused = await client.partition().catch((error: unknown) => error);
  if (!(refused instanceof RunControlError)) throw new Error('a standby refuses');
  expect(refused).toMatchObject({ code: 'NO_LEADER', retryable: true });
  expect(refused.message).toBe(
    `this coordinator stands by: process ${leader.pid} at ${leader.address} leads`,
  );
  expect(told(standby, 'stands by')).toMatchObject({ leader: { pid: leader.pid, address: leader.address } });
  leader.kill('SIGKILL');
  await condition('the standby leads', () => told(standby, 'this coordinator leads') !== undefined);
  await condition(
    'it commands the sidecar',
    async () => (await client.partition()).targets[0]?.connected === true,
  );
  const epochs = sidecar.heard.flatMap(({ hello }) => (hello ? [hello.epoch] : []));
  expect([...new Set(epochs)]).toEqual([1, 2]);
  standby.kill('SIGTERM');
  expect(await standby.exit).toBe(EXIT.done);
  expect(standby.lines.at(-1)).toMatchObject({ msg: 'coordinator stops' });
});

test('killed with -9 in the middle of a wave it goes on, asks again with the same token and repeats nothing', async () => {
  using directory = temporaryDirectory();
  await using sidecar = await obedientSidecar('readout-0');
  const { address, podUid } = sidecar;
  writeFileSync(directory.file('targets.json'), JSON.stringify({ 'readout-0': { address, podUid } }));
  await using first = await run(directory, 'first');
  using before = clientOf(first.address);
  await condition(
    'it commands the sidecar',
    async () => (await before.partition()).targets[0]?.connected === true,
  );
  sidecar.hold();
  await before.ask((stub, done) =>
    stub.submit({ operationId: 'op-1', command: { transition: 'start' } }, done),
  );
  await condition('the sidecar is asked', () => sidecar.asked.length === 1);
  first.kill('SIGKILL');
  await using second = await run(directory, 'second');
  using after = clientOf(second.address);
  // P6: the operation is known before any sidecar has told of it.
  expect((await after.partition()).operation).toMatchObject({ id: 'op-1', status: 'OPERATION_STATUS_OPEN' });
  await condition('the sidecar is asked again', () => sidecar.asked.length === 2);
  expect(sidecar.asked[1]).toEqual(sidecar.asked[0]);
  sidecar.goOn();
  await condition(
    'it ends',
    async () => (await after.partition()).operation?.status === 'OPERATION_STATUS_SUCCEEDED',
  );
  const { operation, run: taken, epoch } = await after.partition();
  expect({ epoch, number: operation?.number, run: taken?.number }).toEqual({ epoch: 2, number: 1, run: 1 });
});

test('P8: whoever finds that another one has written does nothing further and goes', async () => {
  using directory = temporaryDirectory();
  await using sidecar = await obedientSidecar('readout-0');
  const { address, podUid } = sidecar;
  writeFileSync(directory.file('targets.json'), JSON.stringify({ 'readout-0': { address, podUid } }));
  await using leader = await run(directory, 'leader');
  using client = clientOf(leader.address);
  await condition(
    'it commands the sidecar',
    async () => (await client.partition()).targets[0]?.connected === true,
  );
  // Somebody got past the lock.
  await using other = openSqliteJournal(directory.file('journal.db'));
  const { at } = await other.read();
  await other.append(at, [{ kind: 'led', epoch: at.epoch + 1, operationNumber: 0 }]);
  const asked = client
    .ask((stub, done) => stub.submit({ operationId: 'op-1', command: { transition: 'start' } }, done))
    .catch((error: unknown) => error);
  expect(await leader.exit).toBe(EXIT.superseded);
  expect(await asked).toBeInstanceOf(RunControlError);
  expect(sidecar.asked).toEqual([]);
  // After it only what became of the command is told.
  expect(leader.lines.findLast(({ level }) => level === FATAL)?.['msg']).toMatch(
    /was written by another coordinator: expected its end at record 2 of epoch 1, found record 3 of epoch 2/,
  );
});

test('a journal that cannot be used ends the process with a sentence before anything is dialled', async () => {
  using directory = temporaryDirectory();
  writeFileSync(directory.file('journal.db'), '');
  await using running = await run(directory, 'leader');
  expect(await running.exit).toBe(EXIT.storage);
  expect(running.stderr()).toMatch(
    /^coordinator: journal .*journal\.db: is empty, so it was cut off; restore it/,
  );
});

test('credentials that cannot be used end it with file and reason', async () => {
  using directory = temporaryDirectory();
  await using running = await run(directory, 'leader', ['--tls', directory.file('credentials')]);
  expect(await running.exit).toBe(EXIT.usage);
  expect(running.stderr()).toMatch(/^coordinator: the credentials in .*credentials cannot be used\n/);
  expect(running.stderr()).toMatch(/\/credentials\/tls\.key: want a file that can be read, got no such file/);
});

test('a port in use, and everything that is wrong at once', async () => {
  using directory = temporaryDirectory();
  await using first = await run(directory, 'first');
  await using second = await run(directory, 'second', ['--listen', first.address]);
  expect(await second.exit).toBe(EXIT.unreachable);
  expect(second.stderr()).toContain(`cannot listen on ${first.address}: another program listens there`);
  await using third = await run(directory, 'third', [
    '--document',
    directory.file('nowhere.yaml'),
    '--log',
    'loud',
  ]);
  expect(await third.exit).toBe(EXIT.usage);
  expect(third.stderr()).toMatch(/--log: want one of/);
  expect(third.stderr()).toMatch(/nowhere\.yaml: want a file that can be read/);
});
