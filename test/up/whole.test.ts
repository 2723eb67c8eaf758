// The whole of Baton on one machine, with real data: one small DAQ, four runs, four ways of trouble.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../coordinator/cli/client.ts';
import { runBaton } from '../../coordinator/cli/main.ts';
import type { Picture } from '../../coordinator/cli/picture.ts';
import { getPicture } from '../../coordinator/cli/submit.ts';
import { startPartition, type UpPartition } from '../../coordinator/up/partition.ts';
import { fakeWorld } from '../cli/fakeWorld.ts';
import { verifyRun } from '../daq/verify.ts';
import { until } from './site.ts';

const LIMIT_MS = 90_000;
const SEEN_MS_MAX = 30_000;
const LOOK_MS = 20;
const SIZES = { trigger: 1, readout: 2, builder: 1, writer: 1 };

const directory = mkdtempSync(join(tmpdir(), 'baton-whole-'));
const data = join(directory, 'data');
const faults = join(directory, 'faults.json');
let partition: UpPartition;
const told: string[] = [];

beforeAll(async () => {
  const main = join(import.meta.dirname, '../daq/main.ts');
  const sizes = ['--readouts', '2', '--builders', '1', '--trigger-rate', '200'];
  const segments = Object.entries(SIZES).map(([name, members]) => ({
    name,
    members,
    process: {
      command: [
        'node',
        main,
        name,
        '--ordinal',
        '{ordinal}',
        '--port',
        '{port}',
        '--data-dir',
        data,
        ...sizes,
      ].concat(
        // Only readouts are slow, so that their wave can be met in its middle.
        name === 'readout' ? ['--faults', faults] : [],
      ),
    },
  }));
  const document = {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    metadata: { name: 'whole' },
    spec: { machine: 'dune', segments },
  };
  writeFileSync(join(directory, 'partition.yaml'), JSON.stringify(document));
  partition = await startPartition({
    document: join(directory, 'partition.yaml'),
    directory: join(directory, '.baton'),
    tell: (words) => told.push(words),
  });
  await partition.ready;
}, LIMIT_MS);

afterAll(async () => {
  partition.kill();
  await partition.stop();
  rmSync(directory, { recursive: true, force: true });
}, LIMIT_MS);

/** Types a command; gives its exit code and what it said. */
async function baton(line: string): Promise<{ readonly code: number; readonly said: string }> {
  const world = {
    ...fakeWorld(partition.address),
    // Here real programs take real time.
    nowMs: () => performance.now(),
    sleep: (milliseconds: number) => wait(milliseconds),
    randomId: () => randomUUID().slice(0, 8),
  };
  const code = await runBaton(line.split(' '), world);
  return { code, said: `${world.out.text()}${world.err.text()}` };
}

/** Resolves once the picture is as wanted; a coordinator that is away is waited for. */
async function seen(isWanted: (picture: Picture) => boolean): Promise<void> {
  using connection = connect(partition.address, 10_000);
  const limit = AbortSignal.timeout(SEEN_MS_MAX);
  for (;;) {
    const picture = await getPicture(connection, fakeWorld(partition.address)).catch(() => undefined);
    if (picture !== undefined && isWanted(picture)) return;
    limit.throwIfAborted();
    await wait(LOOK_MS);
  }
}

async function startRun(): Promise<void> {
  await seen(({ targets }) => [...targets.values()].every(({ view }) => view.attached && view.state !== ''));
  const { code, said } = await baton('send start_run');
  expect(said).toContain('start_run done');
  expect(code).toBe(0);
  await seen(({ partition: { run } }) => run?.status === 'RUN_STATUS_OPEN');
}

/** Stops the run, and strikes while the readouts drain. */
async function stopRunAndStrike(strike: () => void): Promise<{ code: number; said: string }> {
  writeFileSync(faults, JSON.stringify({ drain_dataflow: { kind: 'slow', ms: 1_500 } }));
  const stopping = baton('send stop_run');
  await seen(({ targets }) => targets.get('readout-1')?.view.doing === 'drain_dataflow');
  strike();
  const ended = await stopping;
  writeFileSync(faults, '{}');
  return ended;
}

test(
  'a coordinator that dies in the middle of a wave: the stop goes on, once, and nothing is lost',
  async () => {
    await startRun();
    const { code, said } = await stopRunAndStrike(() => process.kill(partition.coordinatorPid(), 'SIGKILL'));
    expect(said).toContain('run 1 ended clean');
    expect(code).toBe(0);
    const report = await verifyRun(data, 1);
    expect(report).toMatchObject({ ok: true, fragments: { missing: 0, double: 0, corrupt: 0 } });
    expect(report.fragments.written).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

test(
  'a sidecar that dies in the middle of a wave: it finds its hook running, and nothing is lost',
  async () => {
    await startRun();
    const pod = partition.pods.find(({ target }) => target === 'readout-1');
    const { code, said } = await stopRunAndStrike(() => process.kill(pod?.sidecarPid ?? 0, 'SIGKILL'));
    expect(said).toContain('run 2 ended clean');
    expect(code).toBe(0);
    expect(await verifyRun(data, 2)).toMatchObject({ ok: true, records: { incomplete: 0 } });
  },
  LIMIT_MS,
);

test(
  'a process that dies in a run: it is started again, the run ends unclean and says who',
  async () => {
    await startRun();
    const pod = partition.pods.find(({ target }) => target === 'readout-0');
    process.kill(pod?.processPid ?? 0, 'SIGKILL');
    await until(() => told.some((words) => words.startsWith('readout-0 was ended by SIGKILL')));
    await seen(({ targets }) => targets.get('readout-0')?.view.state === 'initial');
    const { said } = await baton('send stop_run');
    expect(said).toContain('run 3 ended unclean (readout-0');
    expect((await baton('goto configured')).code).toBe(0);
  },
  LIMIT_MS,
);

test(
  'one Ctrl-C in a run stops it in order: every hook waits for the ordered stop, and nothing is lost',
  async () => {
    await startRun();
    expect(await partition.stop()).toEqual([]);
    expect(await verifyRun(data, 4)).toMatchObject({ ok: true, records: { incomplete: 0 } });
  },
  LIMIT_MS,
);
