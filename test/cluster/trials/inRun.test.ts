// What goes wrong around a run that nobody wants to end: it goes on, and its end is clean. A run in which data were
// lost is called unclean, whatever happened.

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holderOf } from '../../../coordinator/cluster/leader/identity.ts';
import { LEASE_NAME, SIDECAR_CONTAINER } from '../../../coordinator/cluster/names.ts';
import { condition } from '../../sidecar/condition.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION, PROCESS_CONTAINER } from '../judged.ts';
import { apiServer, killContainer, kubeletOf, pauseContainer } from '../trouble.ts';

let daq: JudgedDaq;
let run = 0;

beforeAll(async () => {
  daq = await openJudgedDaq('in-run');
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

/** How long the API server is away, in milliseconds. */
const AWAY_MS = 60_000;

async function startRun(): Promise<void> {
  // What an earlier test has left behind is not this one's.
  await daq.baton('recover');
  run += 1;
  expect(await daq.baton('send start_run trigger_rate=100')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`run ${run} goes on`),
  });
  await daq.readOut(run, 50);
}

/** Data are taken as before. */
async function goesOn(): Promise<void> {
  const { fragments } = await daq.verify(run);
  await daq.readOut(run, fragments.readOut / 4 + 100);
}

async function stopClean(): Promise<void> {
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`run ${run} ended clean`),
  });
  expect(await daq.verify(run)).toMatchObject({ ok: true, records: { incomplete: 0 } });
}

/** The pod that holds the Lease: labels follow a moment later. */
async function leader(): Promise<string> {
  const holder = '--output=jsonpath={.spec.holderIdentity}';
  return holderOf(await daq.site.kubectl('get', 'lease', LEASE_NAME, holder)).pod;
}

const epochAbove = (epoch: number) =>
  daq.eye.until('another one leads', ({ partition }) => partition.epoch > epoch);

async function epochNow(): Promise<number> {
  return (await daq.eye.until('somebody leads', () => true)).partition.epoch;
}

const podOf = (target: string) => `${PARTITION}-${target}`;

test('the leader is killed in a wave: the operation goes on, and who waits for it hears its end', async () => {
  daq.suffer('readout-1', { conf: { kind: 'slow', ms: 3_000 } });
  const epoch = await epochNow();
  run += 1;
  const sent = daq.baton('send start_run trigger_rate=100');
  await daq.begins('readout-1', 'conf');
  await killContainer(daq.site, { pod: await leader(), container: 'coordinator' });
  expect(await sent).toMatchObject({ code: 0, out: expect.stringContaining('start_run done') });
  await epochAbove(epoch);
  daq.suffer('readout-1', {});
  await daq.readOut(run, 50);
  await stopClean();
});

test('the leader stands still beyond its lease: another one leads, and the first ends when it wakes', async () => {
  await startRun();
  const epoch = await epochNow();
  const [pod, container] = [await leader(), 'coordinator'];
  const resume = await pauseContainer(daq.site, { pod, container });
  try {
    await epochAbove(epoch);
  } finally {
    resume();
  }
  const restarts = '--output=jsonpath={.status.containerStatuses[0].restartCount}';
  await condition('it was started again', async () => {
    return Number(await daq.site.kubectl('get', 'pod', pod, restarts)) > 0;
  });
  await goesOn();
  await stopClean();
});

test('the API server is away for a minute: data are taken, and the run is stopped in order afterwards', async () => {
  await startRun();
  const api = apiServer();
  await api.stop();
  try {
    await goesOn();
    await wait(AWAY_MS);
    await goesOn();
  } finally {
    await api.start();
  }
  await stopClean();
});

test('a kubelet is started again: nothing happens', async () => {
  await startRun();
  const kubelet = kubeletOf('node-1');
  await kubelet.stop();
  await kubelet.start();
  await goesOn();
  await stopClean();
});

test('a sidecar is killed: it comes back to its process, which never noticed', async () => {
  await startRun();
  const isBack = async (connected: boolean) => {
    await daq.eye.until(`readout-1 is ${connected ? '' : 'not '}connected`, ({ targets }) => {
      return targets.get('readout-1')?.view.connected === connected;
    });
  };
  await killContainer(daq.site, { pod: podOf('readout-1'), container: SIDECAR_CONTAINER });
  await isBack(false);
  await isBack(true);
  await goesOn();
  await stopClean();
});

test('a process is killed: the run goes on without it, is unclean by name, and the next one is clean', async () => {
  await startRun();
  await killContainer(daq.site, { pod: podOf('readout-2'), container: PROCESS_CONTAINER });
  await daq.eye.until('a new process is attached', ({ targets }) => {
    const view = targets.get('readout-2')?.view;
    return view?.attached === true && view.state === 'initial';
  });
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 1,
    out: expect.stringMatching(new RegExp(`run ${run} ended unclean .*readout-2`)),
  });
  expect(await daq.baton('goto configured')).toMatchObject({ code: 0 });
  await startRun();
  await stopClean();
});

test('every promise was kept', async () => {
  await daq.judged();
});
