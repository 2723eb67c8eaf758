// The main job in a cluster: a run of the miniature DAQ, taken and stopped in order.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../../e2e/daq.ts';
import { SPOILED } from '../../e2e/spoiled.ts';
import { PromiseBroken } from '../../promises/history.ts';
import { type JudgedDaq, openJudgedDaq, TARGETS } from '../judged.ts';

let daq: JudgedDaq;

beforeAll(async () => {
  daq = await openJudgedDaq('run');
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

test('a run is taken and stopped in order, and nothing is lost', async () => {
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: mini is running, run 1 goes on'),
  });
  await daq.readOut(1, 400);
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('mini is configured, run 1 ended clean'),
  });
  const report = await daq.verify(1);
  expect(report).toMatchObject({ ok: true, notes: [] });
  expect(report.fragments.written).toBeGreaterThanOrEqual(4 * 400);
});

test('what happened keeps every promise, and each oracle would have seen it broken', async () => {
  const history = await daq.judged();
  // conf, start, enable_triggers, and the four steps of the stop path.
  expect(history.filter(({ kind }) => kind === 'hookStarted')).toHaveLength(TARGETS.length * 7);
  for (const [promise, spoil] of Object.entries(SPOILED)) {
    expect({ promise, broken: brokenIn(() => judge(spoil(history))) }).toEqual({ promise, broken: promise });
  }
});

function brokenIn(judging: () => void): string | undefined {
  try {
    judging();
    return undefined;
  } catch (error) {
    if (error instanceof PromiseBroken) return error.promise;
    throw error;
  }
}
