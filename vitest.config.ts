import { defineConfig } from 'vitest/config';

const testsIn = (...folders: readonly string[]): string[] =>
  folders.map((name) => `test/${name}/**/*.test.ts`);

/** What needs no socket and little time: part of `npm run check`. */
const UNIT = testsIn(
  'audit',
  'charts',
  'contract',
  'core',
  'rules',
  'machine',
  'document',
  'cli',
  'sim',
  'evidence',
  'coordinator/cluster',
);

/** Whole partitions: a dozen programs start in each, and have both cores for themselves. */
const PARTITIONS = testsIn('e2e', 'up', 'pack', 'example');

/** What needs the programs of Kubernetes: the API server alone, and the whole cluster. Only `npm run test:cluster`. */
const API = testsIn('cluster/api', 'cluster/charts');
const CLUSTER = testsIn('cluster/suite', 'cluster/traps');
const AFTER = testsIn('cluster/after');
/** Only when it is named: it holds two releases, and is not steady yet. */
const RELEASES = testsIn('cluster/releases');

/** Each test shares two cores with a whole cluster. */
const IN_CLUSTER = {
  globalSetup: './test/cluster/provided.ts',
  maxWorkers: 1,
  testTimeout: 180_000,
  hookTimeout: 300_000,
};

/**
 * Integration machines are shared: what starts a dozen programs may meet a moment in which nothing answers in time. It
 * is tried once more there, and the report names it.
 */
const retry = process.env['CI'] === 'true' ? 1 : 0;

/** Thousands of worlds for each planted bug: only with the whole suite. */
const PLANTED = 'test/sim/planted.test.ts';

export default defineConfig({
  test: {
    // Two cores: more workers only wait for each other.
    maxWorkers: 2,
    testTimeout: 30_000,
    // Some start programs, on a machine that others use too.
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT, exclude: [PLANTED] } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...UNIT, ...PARTITIONS, ...API, ...CLUSTER, ...AFTER, ...RELEASES],
        },
      },
      {
        extends: true,
        test: { name: 'partitions', include: PARTITIONS, retry, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'planted', include: [PLANTED] } },
      {
        extends: true,
        test: { name: 'api', include: API, retry, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: { name: 'cluster', include: CLUSTER, retry, ...IN_CLUSTER, sequence: { groupOrder: 3 } },
      },
      {
        extends: true,
        test: { name: 'releases', include: RELEASES, ...IN_CLUSTER, sequence: { groupOrder: 3 } },
      },
      { extends: true, test: { name: 'after', include: AFTER, sequence: { groupOrder: 4 } } },
    ],
  },
});
