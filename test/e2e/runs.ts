// One run of the miniature DAQ, begun and ended by a person, with what must be true after each.

import { expect } from 'vitest';
import { verifyRun } from '../daq/verify.ts';
import { calm } from './armed.ts';
import type { Daq } from './daq.ts';

/** Starts that run and takes some data. Fails unless the operation is done. */
export async function startRun(daq: Daq, run: number): Promise<void> {
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`now: mini is running, run ${run} goes on`),
  });
  await calm(daq);
  if (daq.site.targets.includes('readout-0')) await daq.site.readOut(run, 10);
}

/** Stops that run. Fails unless its end is clean and the verifier finds everything. */
export async function stopRun(daq: Daq, run: number): Promise<void> {
  expect(await daq.baton('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`mini is configured, run ${run} ended clean`),
  });
  await calm(daq);
  expect(await verifyRun(daq.site.data, run)).toMatchObject({ ok: true, records: { incomplete: 0 } });
}
