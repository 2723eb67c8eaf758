// A step of the way down that fails.

import { expect, test, vi } from 'vitest';
import { verifyRun } from '../daq/verify.ts';
import { type Daq, startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

/** Resolves once the target is seen so. */
async function seen(daq: Daq, target: string, state: string, inError: boolean): Promise<void> {
  await daq.eye.until(`${target} is in ${state}`, ({ targets }) => {
    const view = targets.get(target)?.view;
    return view?.state === state && view.inError === inError;
  });
}

test('whoever fails and can come to no better end goes on down: the file is closed, the run unclean by name', async () => {
  await using daq = await startDaq();
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.site.readOut(1, 50);
  daq.site.suffer('writer-0', { drain_dataflow: { kind: 'fail', state: 'dataflow_drained' } });
  const stopped = await daq.baton('send stop_run');
  expect(stopped.code).toBe(1);
  expect(stopped.out).toMatch(/^stop_run failed.*writer-0 failed in drain_dataflow/);
  expect(stopped.out).toMatch(/run 1 ended unclean \(writer-0/);
  // Closed: the HDF5 file exists only once the run's end has been written.
  expect((await verifyRun(daq.site.data, 1)).path).toMatch(/run-000001\.hdf5$/);
  await seen(daq, 'writer-0', 'configured', true);
  daq.site.suffer('writer-0', {});
  expect(await daq.baton('recover')).toMatchObject({ code: 0 });
  expect(await daq.baton('send start_run')).toMatchObject({ code: 0 });
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('run 2 ended clean'),
  });
  await daq.end();
});

test('whoever fails and stays where it was is left there, and the others stop', async () => {
  await using daq = await startDaq();
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  daq.site.suffer('builder-0', { drain_dataflow: { kind: 'fail' } });
  const stopped = await daq.baton('send stop_run');
  expect(stopped).toMatchObject({ code: 1, out: expect.stringContaining('builder-0 failed drain_dataflow') });
  await seen(daq, 'builder-0', 'ready', true);
  await seen(daq, 'trigger-0', 'configured', false);
  expect(await daq.baton('recover')).toMatchObject({ code: 0 });
  await daq.end();
});
