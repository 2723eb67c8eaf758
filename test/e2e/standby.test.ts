import { expect, test, vi } from 'vitest';
import { startDaq } from './daq.ts';
import { TEST_MS_MAX } from './site.ts';
import { startStandby, untilLeads } from './standby.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('it leads once the first one is dead, who knew only the first one finds it, and the end is in order', async () => {
  await using daq = await startDaq();
  await using standby = await startStandby(daq);
  expect(await daq.baton('send start_run trigger_rate=200')).toMatchObject({ code: 0 });
  await daq.site.readOut(1, 50);
  process.kill(daq.up.coordinatorPid(), 'SIGKILL');
  // `baton up` starts its own again, which stands by now; its address is the one that people know.
  await untilLeads(daq, standby.address);
  const stopped = await daq.baton('send stop_run');
  expect(stopped).toMatchObject({ code: 0, out: expect.stringContaining('run 1 ended clean') });
  const { unclean } = await daq.end();
  expect(unclean).toEqual([]);
});
