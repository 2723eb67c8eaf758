// A story of chaos whose seed is always the same. Others: npm run test:cluster -- chaos --seed S --steps N

import { test as always, expect, inject } from 'vitest';
import { chaos } from '../chaos/chaos.ts';
import { SEED, STEPS } from '../chaos/flags.ts';

/** Nobody's cluster but our own is broken. */
const test = always.runIf(inject('cluster').isOwn);

/** With set-up, the calm at its end and what is judged, in milliseconds. */
const LIMIT_MS = 900_000;

test(
  `${STEPS} steps of seed ${SEED}: whatever is broken, every promise is kept and a run is clean again`,
  async () => {
    const lines: string[] = [];
    await chaos({
      cluster: inject('cluster'),
      seed: SEED,
      steps: STEPS,
      signal: new AbortController().signal,
      write: (line) => {
        lines.push(line);
        process.stdout.write(`${line}\n`);
      },
    });
    expect(lines.at(-1)).toMatch(/keep every promise$/);
  },
  LIMIT_MS,
);
