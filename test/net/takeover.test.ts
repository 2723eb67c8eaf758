// Two coordinators on one journal, each a program of its own: the second one takes over when the first one dies,
// and only then. Clients that know both addresses go on.

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect, TAKEOVER_MS_MAX } from '../../coordinator/cli/client.ts';
import { LOCK_POLL_MS } from '../../coordinator/lease/lock.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { troubleOf } from '../coordinator/calls.ts';
import { type Running, run, told } from '../coordinator/program.ts';
import { clientOf } from '../coordinator/rig.ts';
import { judge } from '../e2e/daq.ts';
import { readTrace } from '../e2e/fromJournal.ts';
import { historyOf } from '../e2e/history.ts';
import { entryOfLine } from '../e2e/logs.ts';
import { startBatonHere } from '../e2e/person.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';
import { type Rig as SidecarRig, rig as sidecarRig } from '../sidecar/rig.ts';
import { logOfProcess } from './world.ts';

type Pair = AsyncDisposable & {
  readonly leader: Running;
  readonly standby: Running;
  readonly sidecar: SidecarRig;
  /** Addresses of both, the leader's first. */
  readonly both: string;
  /** Ends both and holds what has happened to every promise. */
  readonly judged: () => Promise<void>;
};

/** A leader that commands one readout, and a standby. */
async function pair(): Promise<Pair> {
  await using begun = new AsyncDisposableStack();
  const directory = begun.use(temporaryDirectory());
  const sidecar = begun.use(await sidecarRig({ ordinal: 0, podUid: 'pod-0' }));
  const places = { 'readout-0': { address: sidecar.sidecar.grpc, podUid: 'pod-0' } };
  writeFileSync(directory.file('targets.json'), JSON.stringify(places));
  const leader = begun.use(await run(directory, 'leader'));
  const standby = begun.use(await run(directory, 'standby'));
  using client = clientOf(leader.address);
  await condition('it is attached', async () => (await client.partition()).targets[0]?.attached === true);
  const held = begun.move();
  const judged = async () => {
    await leader[Symbol.asyncDispose]();
    await standby[Symbol.asyncDispose]();
    const said = [...leader.lines, ...standby.lines].map((line) => JSON.stringify(line));
    const read = (lines: readonly string[]) => lines.flatMap((line) => entryOfLine(line) ?? []);
    const history = await historyOf({
      journal: await readTrace(directory.file('journal.db')),
      machine: minimal,
      targets: ['readout-0'],
      log: (name) => {
        if (name === 'coordinator') return read(said);
        return name === 'readout-0' ? logOfProcess(name, sidecar.process) : read(sidecar.log);
      },
      ends: [],
      seen: [],
    });
    judge(history);
  };
  const both = `${leader.address},${standby.address}`;
  return { leader, standby, sidecar, both, judged, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

test('watch and the wait of send go on across a takeover, say so once, and nothing is repeated', async () => {
  await using all = await pair();
  const { process } = all.sidecar;
  process.behaviour = 'hang';
  const watching = startBatonHere(all.both, 'watch');
  await watching.says(/readout-0 +● idle/);
  const sending = startBatonHere(all.both, 'send start_run --operation-id mine');
  await sending.says('start_run: step 1 of 1 start');
  await condition('its hook runs', () => process.performed.length === 1);
  all.leader.kill('SIGKILL');
  const leads = `the coordinator at ${all.standby.address} leads now (epoch 2)`;
  await sending.says(leads);
  await watching.says(leads);
  process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
  const sent = await sending.ended;
  expect(sent).toMatchObject({ code: 0, out: expect.stringMatching(/^start_run done/) });
  await watching.says(/readout-0 .*running/);
  watching.interrupt();
  const { err } = await watching.ended;
  for (const text of [sent.err, err]) {
    expect(text.match(/trying again/g)).toHaveLength(1);
    expect(text.match(/leads now/g)).toHaveLength(1);
  }
  expect(process.performed).toHaveLength(1);
  await all.judged();
});

test('a request that is sent while nobody leads is accepted by the next leader', async () => {
  await using all = await pair();
  // It knows both, and has spoken with the first.
  using connection = connect(all.both, 2 * TAKEOVER_MS_MAX);
  const picture = () =>
    connection.ask<{ revision: number }>((stub, options, done) => stub.getPartition({}, options, done));
  await picture();
  all.leader.kill('SIGKILL');
  const request = { operationId: 'mine', command: { transition: 'start' } };
  const killedAtMs = performance.now();
  const submit = () =>
    connection.ask<{ operation: { number: number } | null }>((stub, options, done) =>
      stub.submit(request, options, done),
    );
  // The next leader has not seen its sidecar at once, and then refuses: what it sees is what it plans for.
  await condition('it is accepted', async () => (await submit().catch(refusedOnly)) !== undefined);
  expect(performance.now() - killedAtMs).toBeLessThan(TAKEOVER_MS_MAX);
  expect(connection.address).toBe(all.standby.address);
  await condition('it is done', () => all.sidecar.process.state === 'running');
  await all.judged();
});

function refusedOnly(error: unknown): undefined {
  if (error instanceof RunControlError && error.code === 'REFUSED') return undefined;
  throw error;
}

test('P8: a leader that is only stopped is not superseded; the standby names its pid, and it goes on', async () => {
  await using all = await pair();
  const { leader, standby } = all;
  leader.kill('SIGSTOP');
  using client = clientOf(standby.address);
  // Many times the interval in which a standby tries for the lock.
  const untilMs = performance.now() + 5 * LOCK_POLL_MS;
  await condition('it has tried again and again', async () => {
    const refused = await troubleOf(client.partition());
    expect(refused).toMatchObject({
      code: 'NO_LEADER',
      facts: { leader: leader.address, pid: String(leader.pid) },
    });
    return performance.now() > untilMs;
  });
  expect(told(standby, 'stands by')).toMatchObject({ leader: { pid: leader.pid, address: leader.address } });
  expect(told(standby, 'this coordinator leads')).toBeUndefined();
  const { code, err } = await startBatonHere(all.both, '--timeout 1s status').ended;
  expect(code).toBe(4);
  expect(err).toContain(`${standby.address} stands by: process ${leader.pid} at ${leader.address} leads`);
  leader.kill('SIGCONT');
  const sent = await startBatonHere(all.both, 'send start_run').ended;
  expect(sent).toMatchObject({ code: 0, out: expect.stringMatching(/^start_run done/) });
  const version = await startBatonHere(all.both, 'version').ended;
  expect(version.out).toContain(`${leader.address}: partition daq`);
  expect(version.out).toContain('epoch 1');
  await all.judged();
});
