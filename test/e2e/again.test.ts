// kill -9 of `baton up` itself: nobody lives on, and the next one goes on with the same journal.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { condition } from '../sidecar/condition.ts';
import { livingOf, startBaton, startedPids } from './child.ts';
import { baton } from './person.ts';
import { openSite, TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

test('a run in which everything was killed is unclean, and its number is not used again', async () => {
  using site = openSite({ members: { writer: 1 } });
  const say = (line: string) => baton(readFileSync(join(site.directory, 'address'), 'utf8').trim(), line);
  await using first = startBaton(site.home, 'up -f partition.yaml');
  await first.says('mini is up: 1 target attached');
  expect(await say('send start_run')).toMatchObject({ code: 0 });
  const pids = startedPids(site);
  first.kill();
  await condition('its children have ended too', () => livingOf(pids).length === 0);
  await using second = startBaton(site.home, 'up -f partition.yaml');
  await second.says('mini is up: 1 target attached');
  expect(await say('send start_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('now: mini is running, run 2 goes on'),
  });
  expect(await say('send stop_run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('run 2 ended clean'),
  });
  expect((await say('runs')).out).toMatch(
    /^ +2 +clean .*\n +1 +unclean .* none of its processes is in it any more\n$/m,
  );
  second.interrupt();
  expect(await second.ended).toBe(0);
});
