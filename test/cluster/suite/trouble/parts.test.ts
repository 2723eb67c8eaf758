// A part of a node or of a pod ends in a run: what can go on goes on, and what was lost is called lost, by name.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../../../coordinator/cli/exit.ts';
import { SIDECAR_CONTAINER } from '../../../../coordinator/cluster/names.ts';
import { type JudgedDaq, openJudgedDaq, PROCESS_CONTAINER, podOf } from '../../judged.ts';
import { type Runs, runsOf } from '../../runs.ts';
import { killContainer, killSandbox, kubeletOf } from '../../trouble.ts';

let daq: JudgedDaq;
let runs: Runs;

beforeAll(async () => {
  daq = await openJudgedDaq('parts');
  runs = runsOf(daq);
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

const lifeOf = async (target: string): Promise<string> => {
  const { targets } = await daq.eye.until(`${target} is known`, (picture) => picture.targets.has(target));
  return targets.get(target)?.view.incarnation ?? '';
};

/** Each container, by its id: one that was started again has another. */
const containers = () => {
  const ids = '{.items[*].status.containerStatuses[0].containerID}';
  return daq.site.kubectl('get', 'pods', `--output=jsonpath=${ids}`);
};

test('a kubelet is started again: no process and no probe notices', async () => {
  await runs.start();
  const before = await containers();
  const kubelet = kubeletOf('node-1');
  await kubelet.stop();
  try {
    await runs.goOn();
  } finally {
    await kubelet.start();
  }
  await runs.goOn();
  await runs.stopClean();
  await daq.site.kubectl('wait', '--for=condition=Ready', 'pods', '--all', '--timeout=60s');
  expect(await containers()).toBe(before);
});

test('trap-6, trap-15: a sidecar is killed: it comes back to its process, which never noticed', async () => {
  await runs.start();
  const before = await lifeOf('readout-1');
  await killContainer(daq.site, { pod: podOf('readout-1'), container: SIDECAR_CONTAINER });
  for (const isThere of [false, true]) {
    await daq.eye.until(`readout-1 is ${isThere ? '' : 'not '}connected`, ({ targets }) => {
      return targets.get('readout-1')?.view.connected === isThere;
    });
  }
  expect(await lifeOf('readout-1')).toBe(before);
  await runs.goOn();
  await runs.stopClean();
});

test('trap-5, trap-20: a process is killed: the run is unclean by name, and the next one is clean', async () => {
  await runs.start();
  const before = await lifeOf('readout-2');
  await killContainer(daq.site, { pod: podOf('readout-2'), container: PROCESS_CONTAINER });
  await daq.eye.until('a new process is attached', ({ targets }) => {
    const view = targets.get('readout-2')?.view;
    return view?.attached === true && view.incarnation !== before && view.state === 'initial';
  });
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: EXIT.failed,
    out: expect.stringMatching(new RegExp(`run ${runs.number} ended unclean.*readout-2`)),
  });
  expect(await daq.baton('goto configured')).toMatchObject({ code: 0 });
  await runs.start();
  await runs.stopClean();
});

test('trap-7: a sandbox is made anew: the pod keeps its name and its UID, and another process is found at another address', async () => {
  await runs.start();
  const before = await lifeOf('readout-3');
  const who = () => daq.site.kubectl('get', 'pod', podOf('readout-3'), '--output=jsonpath={.metadata.uid}');
  const where = () => daq.site.kubectl('get', 'pod', podOf('readout-3'), '--output=jsonpath={.status.podIP}');
  const [uid, address] = [await who(), await where()];
  await killSandbox(daq.site, { pod: podOf('readout-3'), container: SIDECAR_CONTAINER });
  await daq.eye.until('a new process is attached', ({ targets }) => {
    const view = targets.get('readout-3')?.view;
    return view?.attached === true && view.incarnation !== before && view.state === 'initial';
  });
  expect(await who()).toBe(uid);
  expect(await where()).not.toBe(address);
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: EXIT.failed,
    out: expect.stringMatching(new RegExp(`run ${runs.number} ended unclean.*readout-3`)),
  });
  expect(await daq.baton('goto configured')).toMatchObject({ code: 0 });
  await runs.start();
  await runs.stopClean();
});

test('what happened keeps every promise', async () => {
  await daq.judged();
});
