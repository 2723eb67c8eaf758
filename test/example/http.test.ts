// The example of the http adapter as a reader would try it: a process that knows nothing of Baton.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startBaton } from '../e2e/child.ts';
import { baton } from '../e2e/person.ts';
import { TEST_MS_MAX } from '../e2e/site.ts';
import { temporaryDirectory } from '../journal/directory.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('baton up takes a run with it, and stops it in order', async () => {
  using home = temporaryDirectory();
  await using up = startBaton(home.path, `up -f ${join(import.meta.dirname, 'http/partition.yaml')}`);
  await up.says('example is up: 2 targets attached');
  const address = readFileSync(home.file('.baton/address'), 'utf8').trim();
  expect(await baton(address, 'send start_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: example is running, run 1 goes on\n'),
  });
  const { out } = await baton(address, 'status');
  expect(out).toMatch(/^counter-0 +● running/m);
  expect(out).toMatch(/^counter-1 +● running/m);
  expect(await baton(address, 'send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: example is idle, run 1 ended clean\n'),
  });
  up.interrupt();
  expect(await up.ended).toBe(0);
});
