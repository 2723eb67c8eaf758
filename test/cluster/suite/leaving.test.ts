// Targets that go away in a run, under a real kubelet, with a coordinator in the cluster and data that flow. How each
// of them left is judged by its own process.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PARTITION_LABEL, SIDECAR_CONTAINER } from '../../../coordinator/cluster/names.ts';
import { condition } from '../../sidecar/condition.ts';
import {
  allInService,
  causeOfEnd,
  hookCalls,
  type Lives,
  othersCome,
  stopUnclean,
  takesRunAgain,
} from '../departures.ts';
import { type JudgedDaq, nodeOf, openJudgedDaq, PARTITION, podOf, TARGETS } from '../judged.ts';
import { type Runs, runsOf } from '../runs.ts';
import { killContainer, kubeletOf } from '../trouble.ts';

let daq: JudgedDaq;
let runs: Runs;

beforeAll(async () => {
  daq = await openJudgedDaq('leaving');
  runs = runsOf(daq);
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

beforeEach(async () => {
  daq.suffer('readout-1', {});
  await allInService(daq);
});

const deletePod = (target: string, ...words: readonly string[]) =>
  daq.site.kubectl('delete', 'pod', podOf(target), ...words);

/** The run is stopped without a person's word, and nothing is lost; others come, and take a run again. */
async function stopsInOrder(leavers: readonly string[], before: Lives): Promise<void> {
  expect(await causeOfEnd(daq, runs.number)).toBe('');
  await runs.isWhole();
  await othersCome(daq, leavers, before);
  await takesRunAgain(daq, runs);
}

test('trap-28: a pod is deleted in a run: the run is stopped in order, and nothing is lost', async () => {
  const before = await allInService(daq);
  await runs.start();
  await deletePod('readout-1', '--wait=false');
  await stopsInOrder(['readout-1'], before);
});

test('trap-27, seen-1.2: all pods are deleted at once in a run: they join one stop in order, and nothing is lost', async () => {
  const before = await allInService(daq);
  await runs.start();
  await daq.site.kubectl('delete', 'pods', `--selector=${PARTITION_LABEL}=${PARTITION}`, '--wait=false');
  await stopsInOrder(TARGETS, before);
});

test('seen-1.1: a pod is deleted by force in a run: the run is unclean by its name, and the next one is clean', async () => {
  const before = await allInService(daq);
  await runs.start();
  await deletePod('readout-2', '--force', '--grace-period=0');
  await othersCome(daq, ['readout-2'], before);
  await stopUnclean(daq, runs, 'readout-2');
  // What it had read out in its last second, at most.
  const { missingOf } = await daq.verify(runs.number);
  expect(Object.keys(missingOf).filter((target) => target !== 'readout-2')).toEqual([]);
  await takesRunAgain(daq, runs);
});

test('trap-21: the kubelet is started again while a hook waits: its second call joins the stop that goes on', async () => {
  const before = await allInService(daq);
  await runs.start();
  const called = hookCalls(daq, 'readout-1');
  daq.suffer('readout-1', { stop: { kind: 'held' } });
  const kubelet = kubeletOf(await nodeOf(daq, 'readout-1'));
  await deletePod('readout-1', '--wait=false');
  await daq.begins('readout-1', 'stop');
  await kubelet.stop();
  await kubelet.start();
  await condition('the hook is called again', () => hookCalls(daq, 'readout-1') >= called + 2);
  daq.suffer('readout-1', {});
  await stopsInOrder(['readout-1'], before);
});

test('trap-22: the sidecar is killed while its hook waits: its process is ended, and the run is unclean by its name', async () => {
  const before = await allInService(daq);
  await runs.start();
  daq.suffer('readout-1', { stop: { kind: 'held' } });
  await deletePod('readout-1', '--wait=false');
  await daq.begins('readout-1', 'stop');
  await killContainer(daq.site, { pod: podOf('readout-1'), container: SIDECAR_CONTAINER });
  daq.suffer('readout-1', {});
  expect(await causeOfEnd(daq, runs.number)).toContain('readout-1');
  await othersCome(daq, ['readout-1'], before);
  await takesRunAgain(daq, runs);
});

test('every promise was kept', async () => {
  await daq.judged();
});
