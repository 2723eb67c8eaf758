// The example of the http adapter as a reader would try it: a process that knows nothing of Baton.

import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { TEST_MS_MAX } from '../e2e/site.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { startRunOf } from './running.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('baton up takes a run with it, and stops it in order', async () => {
  using home = temporaryDirectory();
  await using run = await startRunOf(join(import.meta.dirname, 'http/partition.yaml'), home);
  const { out } = await run.baton('status');
  expect(out).toMatch(/^counter-0 +● running/m);
  expect(out).toMatch(/^counter-1 +● running/m);
  await run.stopRun();
  await run.end();
});
