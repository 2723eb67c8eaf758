// Targets that go away in a run, under a real kubelet, with a coordinator in the cluster and data that flow. How each
// of them left is judged by its own process.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Picture } from '../../../coordinator/cli/picture.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION, TARGETS } from '../judged.ts';

let daq: JudgedDaq;
let run = 0;

beforeAll(async () => {
  daq = await openJudgedDaq('leaving');
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

beforeEach(async () => {
  const { partition } = await daq.eye.until('all are here, and nothing goes on', ({ targets, partition }) => {
    const isBusy = partition.operation?.status === 'OPERATION_STATUS_OPEN';
    return !isBusy && TARGETS.every((target) => targets.get(target)?.view.attached === true);
  });
  if (partition.state !== 'configured') expect(await daq.baton('goto configured')).toMatchObject({ code: 0 });
});

async function startRun(): Promise<void> {
  run += 1;
  expect(await daq.baton('send start_run trigger_rate=100')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`run ${run} goes on`),
  });
  await daq.readOut(run, 50);
}

/** Nothing is lost, and what became of the fragments is on the screen. */
async function nothingIsLost(): Promise<void> {
  const report = await daq.verify(run);
  const { fragments, records } = report;
  process.stdout.write(`run ${run}: ${JSON.stringify({ fragments, records })}\n`);
  expect(report).toMatchObject({ ok: true, notes: [], records: { incomplete: 0 } });
}

/** Its operation is over too: a command that comes then is not refused. */
async function endsClean(): Promise<void> {
  const { partition } = await daq.eye.until(`run ${run} is over`, ({ partition }) => {
    const { run: shown, operation } = partition;
    const isOver = shown?.number === run && shown.status !== 'RUN_STATUS_OPEN';
    return isOver && operation?.status !== 'OPERATION_STATUS_OPEN';
  });
  expect(partition.run).toMatchObject({ number: run, status: 'RUN_STATUS_CLEAN', cause: '' });
}

/** Another pod is there for each of them, and its process can be commanded. */
async function comeBack(targets: readonly string[], before: Lives): Promise<void> {
  await daq.eye.until(`others come for ${targets.join(' and ')}`, (picture) =>
    targets.every((target) => {
      const view = picture.targets.get(target)?.view;
      return view?.attached === true && view.incarnation !== before.get(target) && view.state === 'initial';
    }),
  );
}

type Lives = ReadonlyMap<string, string>;

async function livesNow(): Promise<Lives> {
  const picture: Picture = await daq.eye.until('all are in the run', ({ partition }) => {
    return partition.state === 'running';
  });
  return new Map([...picture.targets].map(([target, { view }]) => [target, view.incarnation]));
}

/** The same partition takes a run as if nothing had been. */
async function takesRunAgain(): Promise<void> {
  expect(await daq.baton('goto configured')).toMatchObject({ code: 0 });
  await startRun();
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`run ${run} ended clean`),
  });
  await nothingIsLost();
}

const podOf = (target: string) => `${PARTITION}-${target}`;

test('a pod is deleted in a run: the run is stopped in order, and nothing is lost', async () => {
  await startRun();
  const before = await livesNow();
  await daq.site.kubectl('delete', 'pod', podOf('readout-1'), '--wait=false');
  await endsClean();
  await nothingIsLost();
  await comeBack(['readout-1'], before);
  await takesRunAgain();
});

test('a pod is deleted by force in a run: the run is unclean by its name, and the next one is clean', async () => {
  await startRun();
  const before = await livesNow();
  await daq.site.kubectl('delete', 'pod', podOf('readout-2'), '--force', '--grace-period=0');
  await comeBack(['readout-2'], before);
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 1,
    out: expect.stringMatching(new RegExp(`run ${run} ended unclean .*readout-2`)),
  });
  const { fragments, missingOf } = await daq.verify(run);
  process.stdout.write(`run ${run}: ${JSON.stringify({ fragments, missingOf })}\n`);
  expect(fragments).toMatchObject({ double: 0, corrupt: 0 });
  // What it had read out in its last second, at most.
  expect(Object.keys(missingOf).filter((target) => target !== 'readout-2')).toEqual([]);
  await takesRunAgain();
});

test('every promise was kept', async () => {
  await daq.judged();
});
