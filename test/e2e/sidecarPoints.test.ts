// kill -9 of a sidecar at each of its failpoints. What the process has done it is asked for afterwards: where
// it can show that it did, the operation is done; where it cannot, the operation says so.

import { expect, test, vi } from 'vitest';
import type { Pod } from '../../coordinator/up/pod.ts';
import { callPreStop } from '../../coordinator/up/prestop.ts';
import type { ProbeAnswer } from '../../coordinator/up/probe.ts';
import { verifyRun } from '../daq/verify.ts';
import { condition } from '../sidecar/condition.ts';
import { calm, deathsOf, livesBy, type Plan, pointsIn } from './armed.ts';
import { startDaq } from './daq.ts';
import {
  OF_A_CANCEL,
  OF_A_FIRST_PROCESS,
  OF_A_FIRST_SIDECAR,
  OF_A_LOCAL_STOP,
  OF_A_SETTLE,
  OF_A_STEP,
  OF_A_STEP_UNPROVEN,
  OF_AN_ORDERED_LEAVE,
} from './points.ts';
import { startRun, stopRun } from './runs.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: 2 * TEST_MS_MAX });

const TARGETS = ['writer-0', 'readout-0', 'readout-1', 'builder-0', 'trigger-0'] as const;

test('at each point of its first start: the next one begins as if nothing had been', async () => {
  const plan = { 'writer-0 sidecar': OF_A_FIRST_SIDECAR, 'builder-0 sidecar': OF_A_FIRST_PROCESS };
  await using daq = await startDaq({ members: { builder: 1, writer: 1 }, lives: livesBy(plan) });
  for (const [child, points] of Object.entries(plan)) expect(deathsOf(daq.site, child)).toEqual(points);
  expect((await daq.end()).unclean).toEqual([]);
});

test('at each point of a step, all targets in the same run: both operations are done, and nothing is lost', async () => {
  const plans = OF_A_STEP.map((point) => [`${point}/start`, `${point}/drain_dataflow`]);
  const runs = Math.ceil(plans.length / TARGETS.length);
  const planOf = (index: number) => plans.filter((_, at) => at % TARGETS.length === index).flat();
  const armed = TARGETS.map((target, index) => [`${target} sidecar`, planOf(index)] as const);
  await using daq = await startDaq({ lives: livesBy(Object.fromEntries(armed)) });
  // Long enough to be seen in the middle of it.
  for (const target of TARGETS) {
    daq.site.suffer(target, { start: { kind: 'slow', ms: 300 }, drain_dataflow: { kind: 'slow', ms: 300 } });
  }
  const died = (deaths: number) => {
    for (const [child, plan] of armed) {
      expect([child, ...deathsOf(daq.site, child)]).toEqual([child, ...pointsIn(plan.slice(0, deaths))]);
    }
  };
  for (let run = 1; run <= runs; run += 1) {
    await startRun(daq, run);
    died(2 * run - 1);
    await stopRun(daq, run);
    died(2 * run);
  }
  expect((await daq.end()).unclean).toEqual([]);
});

test('at each point at which the process may never have heard of the step: interrupted, until recover', async () => {
  const plan = OF_A_STEP_UNPROVEN.flatMap((point) => [`${point}/start`, `${point}/drain_dataflow`]);
  await using daq = await startDaq({ lives: livesBy({ 'writer-0 sidecar': plan }) });
  const died = () => deathsOf(daq.site, 'writer-0 sidecar');
  for (const index of OF_A_STEP_UNPROVEN.keys()) {
    // It is the first to start: nobody else has begun the run.
    expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject(interruptedIn('start'));
    expect(died()).toEqual(pointsIn(plan.slice(0, 2 * index + 1)));
    expect(await daq.baton('recover')).toMatchObject({ code: 0 });
    const run = 2 * index + 2;
    await startRun(daq, run);
    expect(await daq.baton('send stop_run')).toMatchObject(interruptedIn('drain_dataflow'));
    expect(died()).toEqual(pointsIn(plan.slice(0, 2 * index + 2)));
    expect(await daq.baton('recover')).toMatchObject({
      code: 0,
      out: expect.stringContaining('mini is configured'),
    });
    // Its file was kept all the same; that it is whole was not known when the run's end was recorded.
    expect((await daq.baton('runs')).out).toMatch(
      new RegExp(`^ +${run} +unclean .*writer-0 interrupted`, 'm'),
    );
    expect(await verifyRun(daq.site.data, run)).toMatchObject({ ok: true });
    await calm(daq);
  }
  expect((await daq.end()).unclean).toEqual([]);
});

function interruptedIn(transition: string): object {
  return { code: 1, out: expect.stringContaining(`writer-0 interrupted ${transition}`) };
}

test('at each point of a Settle, with the coordinator at each point of the cancel', async () => {
  const coordinator = OPERATIONS.flatMap(([, operation]) =>
    OF_A_CANCEL.map((point) => `${point}/${operation}`),
  );
  const sidecar = OPERATIONS.flatMap(() => OF_A_SETTLE);
  // Time for four deaths in the middle of one hook.
  const patient = { stop: { gracePeriod: '120s', margin: '2s' } };
  const segments = { trigger: patient, readout: patient, builder: patient, writer: patient };
  const spec = { timeouts: { start: '90s', drain_dataflow: '90s' } };
  await using daq = await startDaq({
    spec,
    segments,
    lives: livesBy({ coordinator, 'readout-0 sidecar': sidecar }),
  });
  const died = (deaths: number) => {
    const [leaders, sidecars] = ['coordinator', 'readout-0 sidecar'].map((child) =>
      deathsOf(daq.site, child),
    );
    return { leaders, sidecars, wanted: [pointsIn(coordinator.slice(0, deaths)), sidecar.slice(0, deaths)] };
  };
  for (const [index, [transition, operation]] of OPERATIONS.entries()) {
    daq.site.suffer('readout-0', { [transition]: { kind: 'held' } });
    const sent = daq.baton(`send ${operation}`);
    await daq.begins('readout-0', transition);
    // The coordinator dies at the first, before it is durable, and at the second, before it answers.
    await condition('it is cancelled', async () => (await daq.baton('cancel --no-wait')).code === 0);
    await condition('both were struck', () => died(2 * index + 2).sidecars?.length === 2 * index + 2);
    daq.site.suffer('readout-0', {});
    expect(await sent).toMatchObject({
      code: 1,
      out: expect.stringContaining(`${operation} cancelled in step`),
    });
    const { leaders, sidecars, wanted } = died(2 * index + 2);
    expect([leaders, sidecars]).toEqual(wanted);
    await calm(daq);
    // Whom the cancel has left behind comes along.
    if (operation === 'start_run') expect(await daq.baton('goto running')).toMatchObject({ code: 0 });
  }
  await stopRun(daq, 1);
  expect((await daq.end()).unclean).toEqual([]);
});

/** The step of each operation in which it is cancelled. */
const OPERATIONS = [
  ['start', 'start_run'],
  ['drain_dataflow', 'stop_run'],
] as const;

test('at each point of an ordered leave: the run is stopped in order all the same, and nothing is lost', async () => {
  const lives = livesBy({ 'writer-0 sidecar': OF_AN_ORDERED_LEAVE });
  await using daq = await startDaq({ lives });
  await startRun(daq, 1);
  const { unclean } = await daq.end();
  expect(deathsOf(daq.site, 'writer-0 sidecar')).toEqual(OF_AN_ORDERED_LEAVE);
  expect(unclean).toEqual([]);
  expect(await verifyRun(daq.site.data, 1)).toMatchObject({ ok: true, records: { incomplete: 0 } });
});

test('at each point of a stop that it makes by itself, and of its return to service', async () => {
  const plan: Plan = {
    'trigger-0 sidecar': [
      'sidecar.before-local',
      'sidecar.before-local-step/disable_triggers',
      'sidecar.before-local-step-end/disable_triggers',
      'sidecar.local-step-ended/disable_triggers',
      'sidecar.before-return',
    ],
    'readout-0 sidecar': ['sidecar.local-persisted', 'sidecar.return-persisted'],
    'readout-1 sidecar': ['sidecar.local-step-persisted/disable_triggers'],
  };
  // Who is left cannot drain, and need not try for long.
  const spec = { timeouts: { drain_dataflow: '1s' } };
  await using daq = await startDaq({ spec, lives: livesBy(plan) });
  await startRun(daq, 1);
  const pods = Object.keys(plan).map((child) => daq.pod(child.replace(' sidecar', '')));
  const answers = await Promise.all(pods.map(preStopOf));
  // Each was struck between the beginning of a step and its call: whether it was done cannot be shown.
  for (const { sentence } of answers) expect(sentence).toMatch(/^not clean: /);
  // What a kubelet does next.
  for (const { processPid } of pods) process.kill(processPid, 'SIGKILL');
  await condition('all have died where they were to', () =>
    Object.entries(plan).every(([child, armed]) => deathsOf(daq.site, child).length === armed.length),
  );
  for (const [child, armed] of Object.entries(plan)) {
    expect([child, ...deathsOf(daq.site, child)]).toEqual([child, ...pointsIn(armed)]);
  }
  expect(new Set(Object.values(plan).flatMap(pointsIn))).toEqual(new Set(OF_A_LOCAL_STOP));
  await calm(daq);
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 1,
    out: expect.stringContaining('run 1 ended unclean (trigger-0 takes no part: its process was replaced'),
  });
  const { history, unclean } = await daq.end();
  expect(unclean).toEqual([]);
  const alone = history.filter((event) => event.kind === 'hookStarted' && event.journalId === '');
  expect(alone).toMatchObject([{ target: 'trigger-0', transition: 'disable_triggers' }]);
});

function preStopOf(pod: Pod): Promise<ProbeAnswer> {
  const { ports, gracePeriodMs } = pod.plan;
  return callPreStop({ port: ports.probes, gracePeriodMs, isWorthwhile: () => true }).then(
    ({ answer }) => answer,
  );
}
