// A container that its kubelet starts again in a run: the hook is called, and nothing in the API says that the pod
// goes, since it stays.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { condition } from '../../sidecar/condition.ts';
import {
  allInService,
  causeOfEnd,
  hookAnswers,
  othersCome,
  stopUnclean,
  takesRunAgain,
} from '../departures.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION, PROCESS_CONTAINER, podOf } from '../judged.ts';
import { type Runs, runsOf } from '../runs.ts';

/** Whose process has a liveness probe. */
const TARGET = 'readout-1';

/** While this file is there, that probe fails. */
const ILL = 'ill';

let daq: JudgedDaq;
let runs: Runs;

beforeAll(async () => {
  daq = await openJudgedDaq('restart');
  runs = runsOf(daq);
  await giveLiveness();
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

beforeEach(async () => {
  daq.suffer(TARGET, {});
  rmSync(join(daq.data, ILL), { force: true });
  await allInService(daq);
});

/** Only pods that are made from now on have it: ours is deleted for that. */
async function giveLiveness(): Promise<void> {
  const script = `process.exit(require('node:fs').existsSync('/data/${ILL}') ? 1 : 0)`;
  const exec = { command: ['node', '--eval', script] };
  const livenessProbe = { exec, periodSeconds: 2, timeoutSeconds: 10, failureThreshold: 1 };
  const containers = [{ name: PROCESS_CONTAINER, livenessProbe }];
  const patch = JSON.stringify({ spec: { template: { spec: { containers } } } });
  await daq.site.kubectl('patch', 'statefulset', `${PARTITION}-readout`, '--patch', patch);
  await daq.site.kubectl('delete', 'pod', podOf(TARGET));
}

const fallIll = () => writeFileSync(join(daq.data, ILL), '');
const recover = () => rmSync(join(daq.data, ILL), { force: true });

async function restarts(): Promise<number> {
  const path = '--output=jsonpath={.status.containerStatuses[0].restartCount}';
  return Number(await daq.site.kubectl('get', 'pod', podOf(TARGET), path));
}

test('trap-19, trap-24, seen-1.10: a process that its kubelet restarts in a run stops by itself, and is back in service with its next life', async () => {
  const before = await allInService(daq);
  const restartsBefore = await restarts();
  await runs.start();
  fallIll();
  await daq.eye.until('it leaves', ({ targets }) => targets.get(TARGET)?.view.leaving === true);
  recover();
  await othersCome(daq, [TARGET], before);
  expect(await restarts()).toBe(restartsBefore + 1);
  await daq.eye.until('it is in service', ({ targets }) => targets.get(TARGET)?.view.leaving === false);
  await stopUnclean(daq, runs, `${TARGET} left without a clean stop`);
  await takesRunAgain(daq, runs);
});

test('seen-1.3: a pod is deleted while its kubelet restarts its process: the next life has nothing to stop', async () => {
  const before = await allInService(daq);
  await runs.start();
  daq.suffer(TARGET, { drain_dataflow: { kind: 'held' } });
  fallIll();
  await daq.begins(TARGET, 'drain_dataflow');
  await daq.site.kubectl('delete', 'pod', podOf(TARGET), '--wait=false');
  await condition('its pod is known to go', async () => {
    return (await daq.baton('status')).out.includes('its pod is being deleted');
  });
  daq.suffer(TARGET, {});
  recover();
  await othersCome(daq, [TARGET], before);
  expect(hookAnswers(daq, TARGET).slice(-2)).toEqual([
    // The rest of the run is stopped meanwhile: it depends on the moment whether that helps it.
    expect.stringMatching(/^(stopped: it is in configured|drain_dataflow was begun before)/),
    expect.stringMatching(/^(stopped: it is in initial|nothing to stop: no process is attached)$/),
  ]);
  expect(await causeOfEnd(daq, runs.number)).toContain(TARGET);
  await takesRunAgain(daq, runs);
});

test('every promise was kept', async () => {
  await daq.judged();
});
