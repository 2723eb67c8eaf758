// A node is drained: evictions are asked of a real API server, whose budgets are the coordinator's. The controller that
// counts pods for budgets does not run, so that a budget which allows some must be told so by the test.

import { afterEach, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { isFault } from '../../../coordinator/cluster/client/fault.ts';
import {
  DISRUPTION_BUDGETS,
  EVENTS,
  NODES,
  PARTITIONS,
  PODS,
} from '../../../coordinator/cluster/client/resource.ts';
import { disruptionBudgetOf } from '../../../coordinator/cluster/resources/disruptionBudget.ts';
import { condition } from '../../sidecar/condition.ts';
import { type Daq, openDaq, SET } from './daq.ts';
import { useApiServer } from './ground.ts';
import { submit } from './told.ts';

/** Where `startPod` places every pod. */
const NODE = 'node-1';

const ground = useApiServer();

beforeAll(async () => {
  await ground.client.create(NODES, {}, { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } });
});

// Hooks after a test run in the reverse order: the coordinator is still there.
afterEach(() => cordon(false));

/** As kubectl cordon does it, and a moment later the node's controller. */
async function cordon(isCordoned: boolean): Promise<void> {
  const key = 'node.kubernetes.io/unschedulable';
  const taint = { key, effect: 'NoSchedule', timeAdded: new Date().toISOString() };
  const patch = (spec: object) =>
    ground.client.patch(NODES, { name: NODE }, { kind: 'merge', body: { spec } });
  await patch({ unschedulable: isCordoned ? true : null });
  await patch({ taints: isCordoned ? [taint] : null });
}

/** What it says; empty while there is none. */
async function budget({ namespace }: Daq): Promise<string> {
  const raw = await ground.client
    .get(DISRUPTION_BUDGETS, { namespace, name: SET })
    .catch((error: unknown) => {
      if (isFault(error, 'notFound')) return undefined;
      throw error;
    });
  if (raw === undefined) return '';
  const { maxUnavailable, unhealthyPodEvictionPolicy } = disruptionBudgetOf(raw);
  return `${maxUnavailable} ${unhealthyPodEvictionPolicy}`;
}

/** As kubectl drain asks for it. */
function evict({ namespace }: Daq, ordinal: number): Promise<unknown> {
  const name = `${SET}-${ordinal}`;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } };
  return ground.client.create(PODS, { namespace, name, subresource: 'eviction' }, body);
}

const statusSchema = z.object({
  // Absent until it is written for the first time.
  status: z
    .object({
      run: z.object({ status: z.string() }).optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string() })),
    })
    .default({ conditions: [] }),
});

async function statusOf({ namespace }: Daq) {
  return statusSchema.parse(await ground.client.get(PARTITIONS, { namespace, name: 'daq' })).status;
}

const eventsSchema = z.object({ items: z.array(z.object({ reason: z.string() })) });

async function cordonEvents({ namespace }: Daq): Promise<number> {
  const { items } = eventsSchema.parse(await ground.client.list(EVENTS, { namespace }));
  return items.filter(({ reason }) => reason === 'NodeCordoned').length;
}

async function startRun(daq: Daq): Promise<void> {
  await submit(daq.asker, 'daq', 'start_run');
  await condition('the run is on', async () => (await statusOf(daq)).run?.status === 'open');
}

test('warn: an eviction in a run is refused, said, and let through once the run has been stopped', async () => {
  const daq = await openDaq(ground, 'warned');
  await condition('the budget is open', async () => (await budget(daq)) === '100% AlwaysAllow');
  await startRun(daq);
  expect(await budget(daq)).toBe('0 IfHealthyBudget');
  await cordon(true);
  await condition('the condition says so', async () =>
    (await statusOf(daq)).conditions.some(
      ({ type, message }) => type === 'NodesSchedulable' && message.includes(NODE),
    ),
  );
  await condition('it is told', async () => (await cordonEvents(daq)) === 1);
  const refused = await evict(daq, 0).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(isFault(refused, 'busy')).toBe(true);
  expect((await statusOf(daq)).run?.status).toBe('open');
  await submit(daq.asker, 'daq', 'stop_run');
  await condition('the budget is open again', async () => (await budget(daq)) === '100% AlwaysAllow');
  expect(await cordonEvents(daq)).toBe(1);
});

test('stopRun: the run is stopped in order, and evictions are allowed then', async () => {
  const daq = await openDaq(ground, 'stopped', { spec: { onCordon: 'stopRun' } });
  await startRun(daq);
  await cordon(true);
  await condition('the run has ended clean', async () => (await statusOf(daq)).run?.status === 'clean');
  await condition('the budget is open', async () => (await budget(daq)) === '100% AlwaysAllow');
});

test('leave: who stands on the node leaves, and so many may be evicted', async () => {
  const spec = { onCordon: 'leave', leave: { policy: 'leave' } };
  const daq = await openDaq(ground, 'left', { spec });
  await startRun(daq);
  await cordon(true);
  // Both stand there: all of the segment have left, and may go.
  await condition('the budget is open', async () => (await budget(daq)) === '100% AlwaysAllow');
});
