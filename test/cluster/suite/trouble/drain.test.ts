// A node is drained in a run, under each onCordon: nothing is lost, or it is said who left. And how much is asked of the
// API server for a run.

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { PARTITION_LABEL } from '../../../../coordinator/cluster/names.ts';
import { STATUS_PACE } from '../../../../coordinator/cluster/status/writer.ts';
import { condition } from '../../../sidecar/condition.ts';
import { type Asked, askedSince, auditMark, type Mark, writesOf } from '../../audit.ts';
import { BATON } from '../../install.ts';
import { type JudgedDaq, nodeOf, openJudgedDaq, PARTITION } from '../../judged.ts';
import { eventsOf, untilPublished } from '../../published.ts';
import { type Runs, runsOf } from '../../runs.ts';

/** Where all but the readouts would rather be, so that the other node can be left by readouts alone. */
const FIRST = 'node-1';
const SECOND = 'node-2';

const RATHER_FIRST = {
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        preference: {
          matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [FIRST] }],
        },
      },
    ],
  },
};

const SELECTOR = `${PARTITION_LABEL}=${PARTITION}`;
const BUDGETS = ['builder', 'readout', 'trigger', 'writer'].map((name) => `${PARTITION}-${name}`);

let daq: JudgedDaq;
let runs: Runs;

beforeAll(async () => {
  daq = await openJudgedDaq('drain', {
    segments: { readout: { critical: false, minMembers: 1 } },
    partition: {
      pods: {
        trigger: { affinity: RATHER_FIRST },
        builder: { affinity: RATHER_FIRST },
        writer: { affinity: RATHER_FIRST },
      },
    },
  });
  runs = runsOf(daq);
});

afterAll(async () => daq?.[Symbol.asyncDispose]());

/** Whoever was evicted has come back, in the first state, beside those that are configured. */
afterEach(async () => {
  await daq.site.kubectl('uncordon', FIRST, SECOND);
  // Refused where nobody is in error.
  await daq.baton('recover');
  await done('wait --for targets=ready --timeout 150s');
  await done('goto configured');
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

/** Targets whose pods are on that node, by name. */
async function targetsOn(node: string): Promise<readonly string[]> {
  const which = ['--selector', SELECTOR, '--field-selector', `spec.nodeName=${node}`];
  const names = await daq.site.kubectl('get', 'pods', ...which, '--output', 'name');
  const prefix = `pod/${PARTITION}-`;
  return names.split('\n').flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

function onCordon(policy: 'leave' | 'stopRun' | 'warn'): Promise<string> {
  const patch = `--patch={"spec":{"onCordon":"${policy}"}}`;
  return daq.site.kubectl('patch', 'partition', PARTITION, '--type=merge', patch);
}

/** What the coordinators wrote, oldest first. */
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

/** Renewals of the Lease in a row that show idling: twelve seconds of them. */
const RENEWALS = 8;

test('at idle nothing is written but the Lease', async () => {
  const mark = auditMark();
  let between: readonly Asked[] = [];
  const isIdle = () => {
    const last = writesSince(mark).slice(-RENEWALS);
    between = last.filter(({ resource }) => resource !== 'leases');
    return last.length === RENEWALS && between.length === 0;
  };
  // What nobody waits for is written when its pace allows it.
  const patienceMs = 2 * STATUS_PACE.everyMs;
  await condition('it renews its Lease and writes nothing else', isIdle, patienceMs).catch(
    (error: unknown) => {
      throw new Error(`written meanwhile: ${JSON.stringify(counted(between))}`, { cause: error });
    },
  );
});

test('leave: who cannot leave alone stays and is named, and the drain waits for the end of the run', async () => {
  await onCordon('leave');
  await runs.start();
  const leavers = await targetsOn(SECOND);
  expect(leavers.filter((target) => !target.startsWith('readout-'))).toEqual([]);
  expect(leavers.length).toBeGreaterThan(0);
  const drained = Promise.allSettled([drain(SECOND, 150)]);
  // A readout of the miniature DAQ has only drained when its trigger has: while the run goes on it never has.
  const { partition } = await daq.eye.until('they could not leave', ({ partition: { operation } }) => {
    return operation?.title.startsWith('leave') === true && operation.status === 'OPERATION_STATUS_FAILED';
  });
  for (const target of leavers) expect(partition.operation?.title).toContain(target);
  expect(partition.run?.status).toBe('RUN_STATUS_OPEN');
  expect(await targetsOn(SECOND)).toEqual(leavers);
  // In error they would keep their pods for all of the grace: a step of the stop path that failed is not tried again.
  await done('recover');
  expect(await daq.baton('send stop_run')).toMatchObject({
    out: expect.stringMatching(new RegExp(`run ${runs.number} ended unclean.*readout-`)),
  });
  expect(await drained).toMatchObject([{ status: 'fulfilled' }]);
  expect(await targetsOn(SECOND)).toEqual([]);
});

test('warn: a drain waits for the end of the run, and loses nothing', async () => {
  await onCordon('warn');
  expect(await budgets()).toEqual(BUDGETS.map((name) => `${name} 100%`));
  const mark = auditMark();
  await runs.start();
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

  const node = await nodeOf(daq, 'writer-0');
  const there = await targetsOn(node);
  await expect(drain(node, 8)).rejects.toThrow(/disruption budget/);
  expect(await targetsOn(node)).toEqual(there);
  await untilPublished(daq.site, 'condition=NodesSchedulable=false', `partition/${PARTITION}`);
  expect((await daq.baton('status')).out).toContain(`node ${node} is cordoned`);
  const said = new RegExp(`^node ${node} is cordoned under .*: a drain waits until the run is stopped$`);
  await condition('an Event says so', async () => {
    return (await eventsOf(daq.site, 'NodeCordoned')).some((note) => said.test(note));
  });
  await daq.eye.until('the run goes on', ({ partition }) => partition.state === 'running');

  const drained = drain(node, 100);
  await runs.stopClean();
  await drained;
  expect(await targetsOn(node)).toEqual([]);
  await untilPublished(daq.site, 'jsonpath={.spec.status}=clean', `run/${PARTITION}-${runs.number}`);
});

test('stopRun: the run is stopped in order, then the drain goes on', async () => {
  await onCordon('stopRun');
  await runs.start();
  const node = await nodeOf(daq, 'writer-0');
  await drain(node, 100);
  expect(await targetsOn(node)).toEqual([]);
  await untilPublished(daq.site, 'jsonpath={.spec.status}=clean', `run/${PARTITION}-${runs.number}`);
  await runs.isWhole();
});

test('what happened keeps every promise', async () => {
  await daq.judged();
});
