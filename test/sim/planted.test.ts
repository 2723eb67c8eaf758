import { expect, test } from 'vitest';
import { PLANTED } from './planted.ts';
import { runSeed } from './run.ts';

/** A world that does not find a planted bug within so many seeds is too kind. */
const SEEDS_MAX = 2_000;

test.concurrent.for(Object.entries(PLANTED))(
  'finds the planted bug: %s',
  { timeout: 120_000 },
  ([, plant]) => {
    const rules = plant();
    let seed = 1;
    while (seed <= SEEDS_MAX && runSeed(seed, rules).broken === undefined) seed += 1;
    expect(seed).toBeLessThanOrEqual(SEEDS_MAX);
  },
);
