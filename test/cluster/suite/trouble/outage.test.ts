// The API server is away in the middle of a run: nobody needs it to take data, and what needs it waits.
//
// One that is stopped takes its own address out of the Service `kubernetes`, and kube-proxy hears of its return only when
// it looks again, which it does ever more rarely: pods reach it up to a minute after this machine does. One that is killed
// leaves its address there. Neither may break an operation.

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, test } from 'vitest';
import { type JudgedDaq, openJudgedDaq } from '../../judged.ts';
import { type Runs, runsOf } from '../../runs.ts';
import { apiServer } from '../../trouble.ts';

/** How long it is away, in milliseconds. */
const AWAY_MS = 60_000;

/** A minute away, and at most another until pods reach it again; in milliseconds. */
const LIMIT_MS = 300_000;

/** For an operation that waits until pods reach it again. */
const PATIENT = ' --timeout 150s';

let daq: JudgedDaq;
let runs: Runs;

beforeAll(async () => {
  daq = await openJudgedDaq('outage');
  runs = runsOf(daq);
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

test('it is killed and started again: what was asked meanwhile waits, and is done', async () => {
  await runs.start();
  const server = apiServer();
  await server.kill();
  try {
    await runs.goOn();
    await Promise.all([runs.stopClean(PATIENT), server.start()]);
  } finally {
    await server.start();
  }
});

test(
  'seen-1.14: it is stopped for a minute: data are taken meanwhile, and the run is stopped in order afterwards',
  async () => {
    await runs.start();
    const server = apiServer();
    await server.stop();
    try {
      await runs.goOn();
      // It is the time itself that is asked for: leases, watches and sessions run out in it.
      await wait(AWAY_MS);
      await runs.goOn();
    } finally {
      await server.start();
    }
    await runs.stopClean(PATIENT);
  },
  LIMIT_MS,
);

test('what happened keeps every promise', async () => {
  await daq.judged();
});
