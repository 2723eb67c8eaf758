// What `baton init` writes is taken by `baton up` as it is.

import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { startBaton } from '../e2e/child.ts';
import { baton } from '../e2e/person.ts';
import { TEST_MS_MAX } from '../e2e/site.ts';
import { temporaryDirectory } from '../journal/directory.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('its stand-ins take a run and end in order', async () => {
  using home = temporaryDirectory();
  await using writing = startBaton(home.path, 'init --machine occ');
  expect(await writing.ended).toBe(0);
  await using up = startBaton(home.path, 'up -f partition.yaml');
  await up.says('mine is up: 5 targets attached');
  const address = readFileSync(home.file('.baton/address'), 'utf8').trim();
  expect(await baton(address, 'send start_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: mine is running, run 1 goes on\n'),
  });
  expect(await baton(address, 'send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: mine is configured, run 1 ended clean\n'),
  });
  expect(readFileSync(home.file('.baton/logs/readout-1.log'), 'utf8')).toContain(
    'configure of run 1: standby → configured\nstart of run 1: configured → running\nstop of run 1: running → configured\n',
  );
  up.interrupt();
  expect(await up.ended).toBe(0);
});
