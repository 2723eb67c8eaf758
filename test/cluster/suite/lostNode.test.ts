// A node whose kubelet is dead, and a pod on it that is deleted by force: two pods of one name run side by side, and
// nobody but a person can say that the first has ended.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { identify, lives } from '../../../protos/procfs.ts';
import { condition } from '../../sidecar/condition.ts';
import { allInService, othersCome, stopUnclean, takesRunAgain } from '../departures.ts';
import { type JudgedDaq, nodeOf, openJudgedDaq, PROCESS_CONTAINER, podOf } from '../judged.ts';
import { type Runs, runsOf } from '../runs.ts';
import { kubeletOf, pidOf, type Trouble } from '../trouble.ts';

const TARGET = 'readout-3';

let daq: JudgedDaq;
let runs: Runs;
let kubelet: Trouble;
let node: string;

beforeAll(async () => {
  daq = await openJudgedDaq('lost-node');
  runs = runsOf(daq);
  node = await nodeOf(daq, TARGET);
  kubelet = kubeletOf(node);
});

afterAll(async () => {
  await kubelet?.start();
  await daq?.site.kubectl('uncordon', node);
  await daq?.[Symbol.asyncDispose]();
});

test('trap-20: a pod is deleted by force while its node is lost: its process is not called gone, and the run is unclean', async () => {
  const before = await allInService(daq);
  await runs.start();
  const first = identify(await pidOf(daq.site, { pod: podOf(TARGET), container: PROCESS_CONTAINER }));
  await daq.site.kubectl('cordon', node);
  await kubelet.kill();
  await daq.site.kubectl('delete', 'pod', podOf(TARGET), '--force', '--grace-period=0');
  await othersCome(daq, [TARGET], before);
  expect(lives(first)).toBe(true);
  await stopUnclean(daq, runs, `${TARGET} takes no part: its process was replaced during the run`);
  expect(lives(first)).toBe(true);
  await kubelet.start();
  await condition('the kubelet ends what it should not run any more', () => !lives(first));
  await daq.site.kubectl('uncordon', node);
  await takesRunAgain(daq, runs);
});

test('every promise was kept', async () => {
  await daq.judged();
});
