// Drains: refused while a run is on, let through after it, and what onCordon does about them. And how much is asked of
// the API server for it.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { PARTITION_LABEL } from '../../../coordinator/cluster/names.ts';
import { STATUS_GATHER_MS, STATUS_PACE } from '../../../coordinator/cluster/status/writer.ts';
import { type Asked, askedSince, auditMark, type Mark, writesOf } from '../audit.ts';
import { BATON } from '../install.ts';
import { type JudgedDaq, openJudgedDaq, PARTITION } from '../judged.ts';
import { eventsOf, untilPublished } from '../published.ts';

/** Drained first; whoever stood there is on the other one then, as far as it has room. */
const NODE = 'node-2';
const OTHER = 'node-1';
const SELECTOR = `${PARTITION_LABEL}=${PARTITION}`;
const BUDGETS = ['builder', 'readout', 'trigger', 'writer'].map((name) => `${PARTITION}-${name}`);

/** How long nothing may be written, in milliseconds: several renewals of the Lease. */
const IDLE_MS = 10_000;

let daq: JudgedDaq;

beforeAll(async () => {
  daq = await openJudgedDaq('disruption');
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

afterEach(async () => {
  await daq.site.kubectl('uncordon', NODE, OTHER);
  await done('wait --for targets=ready --timeout 150s');
});

async function done(line: string): Promise<void> {
  expect(await daq.baton(line)).toMatchObject({ code: 0 });
}

const budgetsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ maxUnavailable: z.union([z.number(), z.string()]) }),
    }),
  ),
});

async function budgets(): Promise<readonly string[]> {
  const { items } = budgetsSchema.parse(await daq.site.get('poddisruptionbudgets', '--selector', SELECTOR));
  return items.map(({ metadata, spec }) => `${metadata.name} ${spec.maxUnavailable}`);
}

function drain(node: string, seconds: number): Promise<string> {
  const which = [`--pod-selector=${SELECTOR}`, '--delete-emptydir-data', `--timeout=${seconds}s`];
  return daq.site.kubectl('drain', node, ...which);
}

async function podsOn(node: string): Promise<readonly string[]> {
  const which = ['--selector', SELECTOR, '--field-selector', `spec.nodeName=${node}`];
  const names = await daq.site.kubectl('get', 'pods', ...which, '--output', 'name');
  return names.split('\n').filter((name) => name !== '');
}

/** What the coordinators wrote. */
function writesSince(mark: Mark): readonly Asked[] {
  const user = `system:serviceaccount:${daq.site.namespace}:${BATON}`;
  return writesOf(askedSince(mark)).filter((asked) => asked.user === user);
}

/** How many of each kind of object: `{ journals: 12 }`. */
function counted(writes: readonly Asked[]): Readonly<Record<string, number>> {
  const byResource = Map.groupBy(writes, ({ resource, subresource }) =>
    [resource, subresource].filter((word) => word !== '').join('/'),
  );
  return Object.fromEntries([...byResource].map(([name, all]) => [name, all.length]));
}

async function expectNothingLost(run: number, what: string): Promise<void> {
  const report = await daq.verify(run);
  process.stdout.write(`${what}: ${JSON.stringify(report.fragments)}\n`);
  expect(report).toMatchObject({ ok: true, notes: [], records: { incomplete: 0 } });
  const name = `run/${PARTITION}-${run}`;
  await untilPublished(daq.site, 'jsonpath={.spec.status}=clean', name);
}

test('at idle nothing is written but the Lease', async () => {
  // What nobody waits for is written when the pace allows it.
  await sleep(STATUS_PACE.everyMs + STATUS_GATHER_MS);
  const mark = auditMark();
  // That nothing happens can only be seen by waiting.
  await sleep(IDLE_MS);
  const writes = counted(writesSince(mark));
  process.stdout.write(`written in ${IDLE_MS / 1_000} s of idling: ${JSON.stringify(writes)}\n`);
  expect(Object.keys(writes)).toEqual(['leases']);
});

test('a drain in a run waits for the end of the run, and loses nothing', async () => {
  expect(await budgets()).toEqual(BUDGETS.map((name) => `${name} 100%`));
  const mark = auditMark();
  await done('send start_run trigger_rate=200');
  expect(await budgets()).toEqual(BUDGETS.map((name) => `${name} 0`));
  await untilPublished(daq.site, 'jsonpath={.status.run.status}=open', `partition/${PARTITION}`);
  await untilPublished(daq.site, 'jsonpath={.status.operation.status}=succeeded', `partition/${PARTITION}`);
  const writes = counted(writesSince(mark));
  process.stdout.write(`written for start_run: ${JSON.stringify(writes)}\n`);
  // Accepted, the ends of ten waves, finished: conf and start by segment, enable_triggers by the trigger and the others.
  expect(writes['journals']).toBeLessThanOrEqual(12);
  expect(writes['poddisruptionbudgets']).toBe(BUDGETS.length);
  // Run, Events, and a status when something begins and ends.
  const { leases, journals, poddisruptionbudgets, ...others } = writes;
  expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(6);

  await daq.readOut(1, 200);
  const there = await podsOn(NODE);
  expect(there.length).toBeGreaterThan(0);
  await expect(drain(NODE, 8)).rejects.toThrow(/disruption budget/);
  expect(await podsOn(NODE)).toEqual(there);
  await untilPublished(daq.site, 'condition=NodesSchedulable=false', `partition/${PARTITION}`);
  expect((await daq.baton('status')).out).toContain(`node ${NODE} is cordoned`);
  expect(await eventsOf(daq.site, 'NodeCordoned')).toEqual([
    expect.stringMatching(`^node ${NODE} is cordoned under .*: a drain waits until the run is stopped$`),
  ]);
  await daq.eye.until('the run goes on', ({ partition }) => partition.state === 'running');

  const drained = drain(NODE, 100);
  await done('send stop_run');
  await drained;
  expect(await podsOn(NODE)).toEqual([]);
  await expectNothingLost(1, 'drained after the run was stopped');
});

test('onCordon: stopRun stops the run in order, then the drain goes on', async () => {
  const patch = '--patch={"spec":{"onCordon":"stopRun"}}';
  await daq.site.kubectl('patch', 'partition', PARTITION, '--type=merge', patch);
  // Who was evicted has come back in the first state, beside those that are configured.
  await done('goto configured');
  await done('send start_run trigger_rate=200');
  await daq.readOut(2, 200);
  expect((await podsOn(OTHER)).length).toBeGreaterThan(0);
  await drain(OTHER, 100);
  expect(await podsOn(OTHER)).toEqual([]);
  await expectNothingLost(2, 'stopped by a cordon');
});

test('what happened keeps every promise', async () => {
  await daq.judged();
});
