// A laboratory upgrades Baton while it takes data, first the coordinator and then the pods, and goes back to the release
// before: each run is whole, and nothing that was is forgotten.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../../coordinator/cli/exit.ts';
import { BATON, installBaton, type Release, untilRolled } from '../install.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION, TARGETS } from '../judged.ts';
import { epochOf, nextLeader } from '../leaders.ts';
import { previousRelease } from '../previousRelease.ts';
import { progressOnScreen } from '../progress.ts';
import { type Runs, runsOf } from '../runs.ts';

const ROLES = ['trigger', 'readout', 'builder', 'writer'] as const;

let previous: Release & Disposable;
let daq: JudgedDaq;
let runs: Runs;

beforeAll(async () => {
  previous = await previousRelease(progressOnScreen());
  daq = await openJudgedDaq('versions', { release: previous });
  runs = runsOf(daq);
}, 600_000);

afterAll(async () => {
  await daq?.[Symbol.asyncDispose]();
  previous?.[Symbol.dispose]();
});

/** UIDs of the pods of the DAQ, and the images of their sidecars. */
async function pods(): Promise<readonly string[]> {
  const path = '{.metadata.uid} {.spec.initContainers[0].image}';
  return Promise.all(
    TARGETS.map((target) =>
      daq.site.kubectl('get', 'pod', `${PARTITION}-${target}`, `--output=jsonpath=${path}`),
    ),
  );
}

async function imageOfCoordinator(): Promise<string> {
  const path = '{.spec.template.spec.containers[0].image}';
  return await daq.site.kubectl('get', 'deployment', BATON, `--output=jsonpath=${path}`);
}

/** Numbers of the runs that the coordinator knows, the newest first, all of them clean. */
async function cleanRuns(): Promise<readonly number[]> {
  const { out } = await daq.baton('runs -o json');
  const listed: readonly { readonly number: number; readonly status: string }[] = JSON.parse(out);
  expect(listed.every(({ status }) => status === 'RUN_STATUS_CLEAN')).toBe(true);
  return listed.map(({ number }) => number);
}

async function objectsOfRuns(): Promise<number> {
  return (await daq.site.kubectl('get', 'runs', '--output=name')).trim().split('\n').length;
}

/** The pods of the release before have no identities. */
function upgrade(): Promise<void> {
  return installBaton(daq.site, { identity: { plaintextPods: true } });
}

/** Does something to the coordinator's release while data are taken; the run goes on, and ends clean. */
async function inRun(change: () => Promise<unknown>): Promise<void> {
  await runs.start();
  const epoch = await epochOf(daq);
  await change();
  await untilRolled(daq.site);
  await nextLeader(daq, epoch);
  await runs.goOn();
  await runs.stopClean();
}

test('helm upgrade of the coordinator in a run: it hands over, and sidecars of before obey the next one', async () => {
  await runs.start();
  await runs.stopClean();
  await inRun(upgrade);
  expect(await imageOfCoordinator()).toBe(daq.site.image('coordinator'));
  expect(await cleanRuns()).toEqual([2, 1]);
});

test('helm rollback of the coordinator in a run: the one of before remembers what the next one has written', async () => {
  await inRun(() => daq.site.helm('rollback', BATON, '1'));
  expect(await imageOfCoordinator()).toBe(previous.image('coordinator'));
  expect(await cleanRuns()).toEqual([3, 2, 1]);
});

test('helm upgrade of the DAQ in a run changes no pod, and a rollout is refused until the run has ended', async () => {
  await inRun(upgrade);
  await runs.start();
  const before = await pods();
  await daq.deploy(undefined);
  expect(await daq.baton('rollout writer')).toMatchObject({
    code: EXIT.refused,
    err: expect.stringContaining('stop the run first'),
  });
  await runs.goOn();
  expect(await pods()).toEqual(before);
  await runs.stopClean();
});

test('pods of the next release, with identities, take the place of those of before', async () => {
  const before = await pods();
  for (const role of ROLES) expect(await daq.baton(`rollout ${role}`)).toMatchObject({ code: 0 });
  const after = await pods();
  expect(after.every((pod) => pod.endsWith(daq.site.image('sidecar')))).toBe(true);
  expect(after.some((pod) => before.includes(pod))).toBe(false);
  await inRun(() => installBaton(daq.site));
  expect(await cleanRuns()).toEqual([6, 5, 4, 3, 2, 1]);
  expect(await objectsOfRuns()).toBe(6);
}, 400_000);

test('what happened keeps every promise', async () => {
  await daq.judged();
});
