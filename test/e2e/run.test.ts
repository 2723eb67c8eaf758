import { expect, test, vi } from 'vitest';
import { verifyRun } from '../daq/verify.ts';
import { PromiseBroken } from '../promises/history.ts';
import { judge, startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';
import { SPOILED } from './spoiled.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('a run is taken and stopped in order, and nothing is lost', async () => {
  await using daq = await startDaq();
  const { site } = daq;
  expect(await daq.baton('send conf')).toMatchObject({ code: 0 });
  const begun = await daq.baton('send start_run trigger_rate=200');
  expect(begun).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: mini is running, run 1 goes on'),
  });
  await site.readOut(1, 100);
  const stopped = await daq.baton('send stop_run');
  expect(stopped).toMatchObject({
    code: 0,
    out: expect.stringContaining('mini is configured, run 1 ended clean'),
  });
  const report = await verifyRun(site.data, 1);
  expect(report).toMatchObject({ ok: true, notes: [], records: { incomplete: 0 } });
  expect(report.fragments.written).toBeGreaterThanOrEqual(200);
  const { unclean, history } = await daq.end();
  expect(unclean).toEqual([]);
  expect(history.filter(({ kind }) => kind === 'hookStarted')).toHaveLength(5 * 7);
  // The oracles are satisfied because nothing was wrong, not because they see nothing.
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
