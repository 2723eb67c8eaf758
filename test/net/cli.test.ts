// `baton` over a wire that fails: it goes on, or says what is true and how to look again; nothing happens twice.

import { expect, test } from 'vitest';
import { connect } from '../../coordinator/cli/client.ts';
import { listed } from '../coordinator/calls.ts';
import { startBatonHere } from '../e2e/person.ts';
import { condition } from '../sidecar/condition.ts';
import { world } from './world.ts';

test('watch tells of a break once, and goes on from a new picture', async () => {
  await using all = await world();
  const watching = startBatonHere(all.clientWire.address, 'watch');
  await watching.says(/readout-0 +● idle/);
  all.clientWire.goAway();
  await watching.says('trying again');
  // What happens meanwhile is in the next picture.
  await startBatonHere(all.coordinator.address, 'send start_run').ended;
  all.clientWire.heal();
  await watching.says(/readout-0 +● running/);
  watching.interrupt();
  const { code, out, err } = await watching.ended;
  expect(code).toBe(130);
  expect(err.match(/trying again/g)).toHaveLength(1);
  expect(out.match(/TARGET +STATE/g)).toHaveLength(2);
  await all.judged();
});

test('watch notices a black hole within its timeout, though the connection stands', async () => {
  await using all = await world();
  const watching = startBatonHere(all.clientWire.address, '--timeout 1s watch');
  await watching.says(/readout-0 +● idle/);
  all.clientWire.blackHole();
  const begunMs = performance.now();
  const { code, err } = await watching.ended;
  // Not by the keepalive of a patient client, which takes 15 s; the rest is room for a busy machine.
  expect(performance.now() - begunMs).toBeLessThan(10_000);
  expect(code).toBe(4);
  expect(err).toMatch(
    /trying again\nbaton: the coordinator at .* did not answer within 1 s\nnow: .*\nnext: /s,
  );
});

test('a connection that was never made is given up with its call, and the next call makes another', async () => {
  await using all = await world();
  all.clientWire.blackHole();
  using connection = connect(all.clientWire.address, 500);
  const look = () => connection.ask<object>((stub, options, done) => stub.getPartition({}, options, done));
  await expect(look()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  // As when a Service has led to a pod that is gone: nobody will ever answer there, and nobody says so.
  all.clientWire.halfOpen('upstream');
  all.clientWire.heal();
  expect(await look()).toMatchObject({ partition: { state: 'idle' } });
});

test('send into a black hole ends by its timeout with 4; nothing was sent', async () => {
  await using all = await world();
  all.clientWire.blackHole();
  const { code, err } = await startBatonHere(all.clientWire.address, '--timeout 500ms send start_run').ended;
  expect(code).toBe(4);
  expect(err).toContain('did not answer within 0.5 s');
  expect(await listed(all.client)).toEqual([]);
});

test('a submit whose answer is swallowed ends with 4, names its id and tells how to look again', async () => {
  await using all = await world();
  const { address } = all.clientWire;
  all.whenLogged('operation accepted', () => all.clientWire.blackHole(['down']));
  const sent = await startBatonHere(address, '--timeout 2s send start_run --operation-id mine').ended;
  expect(sent.code).toBe(4);
  expect(sent.err).toContain('\nnow: it is not known whether mine was accepted\n');
  expect(sent.err).toContain('look with: baton operations mine; or ask again with: --operation-id mine');
  all.clientWire.heal();
  const looked = await startBatonHere(address, 'operations mine').ended;
  expect(looked).toMatchObject({ code: 0, out: expect.stringContaining('start_run') });
  const again = await startBatonHere(address, 'send start_run --operation-id mine').ended;
  expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^start_run done/) });
  expect(await listed(all.client)).toHaveLength(1);
  await all.judged();
});

test('P7: a submit whose answer is cut is asked again under its id, and has effect once', async () => {
  await using all = await world();
  all.whenLogged('operation accepted', () => all.clientWire.blackHole(['down']));
  const sending = startBatonHere(all.clientWire.address, 'send start_run --operation-id mine');
  await condition('it is accepted', () => all.log().some(({ words }) => words === 'operation accepted'));
  all.clientWire.cut();
  all.clientWire.heal();
  const { code, out, err } = await sending.ended;
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^start_run done/) });
  expect(err).toContain('mine accepted: start_run');
  expect(await listed(all.client)).toHaveLength(1);
  for (const { process } of all.sidecars) expect(process.performed).toHaveLength(1);
  await all.judged();
});

test('the wait of send goes on after a break, and says so once', async () => {
  await using all = await world();
  for (const { process } of all.sidecars) process.behaviour = 'hang';
  const sending = startBatonHere(all.clientWire.address, 'send start_run --operation-id mine');
  await sending.says('start_run: step 1 of 1 start');
  all.clientWire.goAway();
  await sending.says('mine goes on, trying again');
  for (const { process } of all.sidecars) {
    process.performed[0]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'running' });
  }
  // It ends while nobody hears of it.
  await condition('it ended', async () => (await all.client.partition()).state === 'running');
  all.clientWire.heal();
  const { code, out, err } = await sending.ended;
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^start_run done/) });
  expect(err.match(/trying again/g)).toHaveLength(1);
  await all.judged();
});

test('a wait that finds nobody any more ends with 4 and says that the operation goes on', async () => {
  await using all = await world();
  for (const { process } of all.sidecars) process.behaviour = 'hang';
  const line = '--timeout 2s send start_run --operation-id mine';
  const sending = startBatonHere(all.clientWire.address, line);
  await sending.says('start_run: step 1 of 1 start');
  all.clientWire.goAway();
  const { code, err } = await sending.ended;
  expect(code).toBe(4);
  expect(err).toContain('\nnow: mine goes on; look with: baton operations mine\nnext: ');
});
