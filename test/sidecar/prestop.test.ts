// The preStop hook: always answered in time, and the stop it stands for is run once.

import { expect, test } from 'vitest';
import { condition } from './condition.ts';
import { rig } from './rig.ts';
import { HELLO, TestCoordinator } from './testCoordinator.ts';

const HEADER = { 'x-baton-prestop': '1' };

test('without its header it is forbidden and nothing happens', async () => {
  await using all = await rig();
  expect(await all.get('/prestop')).toBe(
    '403 /prestop needs the header x-baton-prestop: 1, as it stops the process',
  );
  expect(await all.get('/process/readyz').then(() => all.log.join(''))).not.toContain('"leaving":true');
});

test('calls that no kubelet makes are refused, counted by what is wrong with them, and told once a minute', async () => {
  await using all = await rig();
  await condition('attached', async () => (await all.get('/process/startupz')).startsWith('200'));
  for (const value of ['', '0', 'true', '1, 1']) {
    expect(await all.get('/prestop', { 'x-baton-prestop': value })).toMatch(/^403 /);
  }
  const deleted = await fetch(`http://${all.sidecar.probes}/prestop`, { method: 'DELETE', headers: HEADER });
  expect(deleted.status).toBe(405);
  const figures = await all.get('/metrics');
  expect(figures).toContain('baton_prestop_refused_total{why="header"} 4\n');
  expect(figures).toContain('baton_prestop_refused_total{why="method"} 1');
  const told = all.log.filter((line) => line.includes('a call of /prestop was refused'));
  expect(told.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ why: 'header', from: '127.0.0.1', untold: 0 }),
  ]);
  expect(all.log.join('')).not.toContain('the preStop hook is called');
});

test('without a process there is nothing to stop', async () => {
  await using all = await rig();
  all.process.die();
  await condition('gone', async () => (await all.get('/process/startupz')).startsWith('503'));
  expect(await all.get('/prestop', HEADER)).toBe('200 nothing to stop: no process is attached');
});

test('at rest it is answered at once, by POST too', async () => {
  await using all = await rig();
  await condition('attached', async () => (await all.get('/process/startupz')).startsWith('200'));
  const answer = await fetch(`http://${all.sidecar.probes}/prestop`, { method: 'POST', headers: HEADER });
  expect(`${answer.status} ${await answer.text()}`).toBe('200 stopped: it is in idle\n');
  expect(all.process.performed).toHaveLength(0);
});

test('without a coordinator a run is stopped by the sidecar, once, and all callers are answered', async () => {
  await using all = await rig();
  const coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  coordinator[Symbol.dispose]();
  await condition('gone', () => all.log.join('').includes('control stream ended'));
  all.process.behaviour = 'hang';
  const first = all.get('/prestop', HEADER);
  await condition('stop begun', () => all.process.performed.length === 2);
  const second = all.get('/prestop', HEADER);
  // It is answered only when the process has said its word.
  expect(await Promise.race([first, second, all.get('/livez')])).toBe('200 the sidecar is alive');
  all.process.performed[1]?.end({ outcome: 'PERFORM_OUTCOME_EXECUTED', state: 'idle' });
  expect(await first).toBe('200 stopped: it is in idle');
  expect(await second).toBe('200 stopped: it is in idle');
  expect(all.process.performed.map((each) => each.request.transition)).toEqual(['start', 'stop']);
});

test('a process that hangs does not keep it beyond grace minus margin', async () => {
  await using all = await rig({ gracePeriodMs: 10_000, marginMs: 9_600 });
  const coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  coordinator[Symbol.dispose]();
  all.process.behaviour = 'hang';
  const begunMs = performance.now();
  expect(await all.get('/prestop', HEADER)).toBe(
    '200 not clean: the stop did not end within the grace period',
  );
  expect(performance.now() - begunMs).toBeLessThan(10_000);
});

test('a coordinator is told and takes it down in order; only the stop path is taken', async () => {
  await using all = await rig({ gracePeriodMs: 60_000 });
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:executed');
  const incarnation = await coordinator.incarnation();
  const answered = all.get('/prestop', HEADER);
  await coordinator.until('leaving', () => coordinator.heard.some((each) => each.leaving));
  expect(coordinator.heard.find((each) => each.leaving)?.leaving).toMatchObject({
    incarnation,
    done: false,
  });
  coordinator.stream.write({ leave: { incarnation, mode: 'LEAVE_MODE_ORDERED' } });
  await coordinator.ask(2, 'start');
  await coordinator.ask(3, 'stop');
  await coordinator.untilAnswers('1:executed', '2:LEAVING', '3:executed');
  expect(await answered).toBe('200 stopped: it is in idle');
  await coordinator.until('done', () => coordinator.heard.some((each) => each.leaving?.done));
  expect(coordinator.heard.findLast((each) => each.leaving)?.leaving).toMatchObject({
    done: true,
    clean: true,
  });
});

test('that it leaves is remembered across a restart of the sidecar', async () => {
  await using all = await rig();
  await condition('attached', async () => (await all.get('/process/startupz')).startsWith('200'));
  await all.get('/prestop', HEADER);
  await all.restart();
  using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc, { epoch: HELLO.epoch });
  await coordinator.ask(1, 'start');
  await coordinator.untilAnswers('1:LEAVING');
  expect(coordinator.state?.leaving).toBe(true);
});
