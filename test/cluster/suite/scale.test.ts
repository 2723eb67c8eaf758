// Another number of members, and other pods: by baton in order, and by kubectl in the middle of a run.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { EXIT } from '../../../coordinator/cli/exit.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION } from '../judged.ts';
import { untilPublished } from '../published.ts';

const SET = `${PARTITION}-readout`;
const TARGETS = ['trigger-0', 'readout-0', 'readout-1', 'builder-0', 'builder-1', 'writer-0'];
/** Comes when there are three readouts, and goes when there are two again. */
const COMER = 'readout-2';

let daq: JudgedDaq;

beforeAll(async () => {
  daq = await openJudgedDaq('scale', {
    segments: { readout: { members: 2 } },
    targets: TARGETS,
    later: [COMER],
  });
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

const field = (object: string, path: string) =>
  daq.site.kubectl('get', object, `--output=jsonpath={${path}}`);
const replicas = () => field(`statefulset/${SET}`, '.spec.replicas');
const uids = () => Promise.all([0, 1].map((ordinal) => field(`pod/${SET}-${ordinal}`, '.metadata.uid')));

const done = (words: string) => ({ code: 0, out: expect.stringContaining(words) });
const refused = (words: string) => ({ code: EXIT.refused, err: expect.stringContaining(words) });

/** Waits until there are so many readouts, and all targets stand in that state. */
async function settled(members: number, state: string): Promise<void> {
  await daq.eye.until(`${members} readouts in ${state}`, ({ partition, targets }) => {
    const readouts = [...targets.keys()].filter((name) => name.startsWith('readout-'));
    return readouts.length === members && partition.state === state;
  });
}

async function expectNothingLost(run: number, what: string): Promise<void> {
  const report = await daq.verify(run);
  process.stdout.write(`${what}: ${JSON.stringify(report.fragments)}\n`);
  expect(report).toMatchObject({ ok: true, notes: [] });
}

test('up: new members are waited for and brought to where the others are', async () => {
  expect(await daq.baton('goto configured')).toMatchObject({ code: 0 });
  expect(await daq.baton('scale readout 3 --dry-run')).toMatchObject(done('from 2 to 3 replicas'));
  expect(await replicas()).toBe('2');
  expect(await daq.baton('scale readout 3')).toMatchObject(done('readout has 3 members, it had 2'));
  expect(await replicas()).toBe('3');
  await settled(3, 'configured');
});

test('down: asked again it has nothing to do', async () => {
  expect(await daq.baton('scale readout 2')).toMatchObject(done('readout has 2 members, it had 3'));
  expect(await replicas()).toBe('2');
  expect(await daq.baton('scale readout 2')).toMatchObject(done('readout has 2 members\n'));
  await settled(2, 'configured');
});

test('in a run it is refused with what to do, and nothing is changed', async () => {
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.readOut(1, 200);
  expect(await daq.baton('scale readout 1')).toMatchObject(refused('stop the run first'));
  expect(await daq.baton('scale readout 3')).toMatchObject(refused('could not join it'));
  expect(await daq.baton('rollout readout')).toMatchObject(refused('stop the run first'));
  expect(await replicas()).toBe('2');
  await settled(2, 'running');
});

test('trap-27, seen-1.13: kubectl scale in a run stops the run in order, and nothing is lost', async () => {
  await daq.site.kubectl('scale', 'statefulset', SET, '--replicas=1');
  await untilPublished(daq.site, 'jsonpath={.spec.status}=clean', `run/${PARTITION}-1`);
  await settled(1, 'configured');
  await expectNothingLost(1, 'kubectl scale in a run');
  // Who once typed kubectl scale does not hold the number.
  expect(await daq.baton('scale readout 2')).toMatchObject(done('readout has 2 members, it had 1'));
  await settled(2, 'configured');
});

test('trap-27, seen-1.13: replicas that are changed past kubectl scale stop the run in order too', async () => {
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.readOut(2, 200);
  await daq.site.kubectl('patch', 'statefulset', SET, '--type=merge', '--patch={"spec":{"replicas":1}}');
  await untilPublished(daq.site, 'jsonpath={.spec.status}=clean', `run/${PARTITION}-2`);
  await settled(1, 'configured');
  await expectNothingLost(2, 'replicas are patched in a run');
  expect(await daq.baton('scale readout 2')).toMatchObject(done('readout has 2 members, it had 1'));
  await settled(2, 'configured');
});

const setSchema = z.object({ spec: z.looseObject({ replicas: z.literal(2) }) });

test('who applies the number is named, and nothing is changed', async () => {
  const { spec } = setSchema.parse(await daq.site.get('statefulset', SET));
  await daq.site.apply({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: SET }, spec });
  expect(await daq.baton('scale readout 3')).toMatchObject(refused('belong to kubectl'));
  expect(await replicas()).toBe('2');
});

test('trap-30: a rollout replaces outdated pods, after which a run loses nothing', async () => {
  const before = await uids();
  const template = '{"spec":{"template":{"metadata":{"annotations":{"test":"newer"}}}}}';
  await daq.site.kubectl('patch', 'statefulset', SET, '--type=merge', `--patch=${template}`);
  const generation = await field(`statefulset/${SET}`, '.metadata.generation');
  const looked = `jsonpath={.status.observedGeneration}=${generation}`;
  await untilPublished(daq.site, looked, `statefulset/${SET}`);
  expect(await uids()).toEqual(before);
  expect(await daq.baton('rollout readout')).toMatchObject(done('2 pods of readout were replaced'));
  const after = await uids();
  expect(after.filter((uid) => before.includes(uid))).toEqual([]);
  await settled(2, 'configured');
  expect(await daq.baton('rollout readout')).toMatchObject(done('every pod of readout is of revision'));
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.readOut(3, 200);
  expect(await daq.baton('send stop_run')).toMatchObject(done('run 3 ended clean'));
  await expectNothingLost(3, 'after a rollout');
});

test('what happened keeps every promise', async () => {
  await daq.judged();
});
