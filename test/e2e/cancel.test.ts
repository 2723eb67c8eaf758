import { expect, test, vi } from 'vitest';
import { startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('an operation that is cancelled in a slow wave ends with that wave, and each answer is kept', async () => {
  await using daq = await startDaq({ members: { writer: 1 } });
  daq.site.suffer('writer-0', { start: { kind: 'slow', ms: 800 } });
  const sent = daq.baton('send start_run');
  await daq.begins('writer-0', 'start');
  const cancelled = daq.baton('cancel');
  expect(await sent).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /^start_run cancelled before step 3 of 3 \(enable_triggers\) .*: cancelled by an operator\n/,
    ),
  });
  expect(await cancelled).toMatchObject({ code: 0 });
  // The wave that was present has settled: its target executed, and nobody was asked for the next step.
  expect(await daq.baton('status')).toMatchObject({ out: expect.stringMatching(/^mini · ready · run 1/) });
  expect(await daq.baton('send stop_run')).toMatchObject({ code: 0 });
  const { history } = await daq.end();
  const hooks = history.flatMap((event) => (event.kind === 'hookStarted' ? [event.transition] : []));
  expect(hooks).toEqual(['conf', 'start', 'drain_dataflow', 'stop_trigger_sources', 'stop']);
});
