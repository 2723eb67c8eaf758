// The leader goes, or only seems to, while data are taken: the next one goes on from the journal, nobody is asked twice
// to do the same, and nothing is lost.

import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { condition } from '../../../sidecar/condition.ts';
import { type JudgedDaq, openJudgedDaq } from '../../judged.ts';
import { epochOf, leaderOf, nextLeader } from '../../leaders.ts';
import { type Runs, runsOf, START_RUN } from '../../runs.ts';
import { killContainer, pauseContainer } from '../../trouble.ts';

/** Longer than it takes to break the leader. */
const SLOW = { kind: 'slow', ms: 3_000 } as const;

let daq: JudgedDaq;
let runs: Runs;

beforeAll(async () => {
  daq = await openJudgedDaq('leader');
  runs = runsOf(daq);
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

afterEach(() => daq.suffer('readout-1', {}));

const restartsOf = async (pod: string) => {
  const path = '--output=jsonpath={.status.containerStatuses[0].restartCount}';
  return Number(await daq.site.kubectl('get', 'pod', pod, path));
};

test('it is killed in a wave: the operation goes on, and who waits for it hears its end', async () => {
  await runs.ready();
  daq.suffer('readout-1', { start: SLOW });
  const epoch = await epochOf(daq);
  const sent = daq.baton(START_RUN);
  await daq.begins('readout-1', 'start');
  await killContainer(daq.site, await leaderOf(daq));
  await runs.begun(await sent);
  await nextLeader(daq, epoch);
  await runs.stopClean();
});

test('it stands still in a wave beyond its Lease: another one goes on, and the first ends when it wakes', async () => {
  await runs.start();
  daq.suffer('readout-1', { drain_dataflow: SLOW });
  const [epoch, leader] = [await epochOf(daq), await leaderOf(daq)];
  const before = await restartsOf(leader.pod);
  const stopped = runs.stopClean();
  await daq.begins('readout-1', 'drain_dataflow');
  const resume = await pauseContainer(daq.site, leader);
  try {
    await nextLeader(daq, epoch);
  } finally {
    resume();
  }
  await stopped;
  await condition('it was started again', async () => (await restartsOf(leader.pod)) > before);
});

test('what happened keeps every promise', async () => {
  await daq.judged();
});
