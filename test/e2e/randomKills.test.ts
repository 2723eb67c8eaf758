// kill -9 at random times. So many per commit; `npm run kills` makes hundreds.

import { expect, test, vi } from 'vitest';
import { killInRuns } from './kills/round.ts';
import { TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: 3 * TEST_MS_MAX });

test('12 kills in 6 runs: what is called clean is whole, what is not says why', async () => {
  const outcomes = await killInRuns({ seed: 1, runs: 6 });
  for (const { clean, cause, missing, double, corrupt, ...outcome } of outcomes) {
    expect({ ...outcome, double, corrupt }).toMatchObject({ double: 0, corrupt: 0 });
    // A coordinator takes no data, and all who do outlive it.
    if (clean || outcome.victim === 'coordinator')
      expect({ ...outcome, missing }).toMatchObject({ missing: 0 });
    if (!clean) expect(cause).not.toBe('');
  }
});
