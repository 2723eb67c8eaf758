import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import { systemClock } from '../../../coordinator/clock.ts';
import { Informer } from '../../../coordinator/cluster/client/informer.ts';
import {
  DISRUPTION_BUDGETS,
  EVENTS,
  PARTITIONS,
  RUNS,
} from '../../../coordinator/cluster/client/resource.ts';
import { Publisher } from '../../../coordinator/cluster/publisher.ts';
import type { PublishingClient } from '../../../coordinator/cluster/publishing.ts';
import {
  type DisruptionBudget,
  disruptionBudgetOf,
} from '../../../coordinator/cluster/resources/disruptionBudget.ts';
import { partitionObjectOf } from '../../../coordinator/cluster/resources/partition.ts';
import { type StatefulSet, statefulSetOf } from '../../../coordinator/cluster/resources/statefulSet.ts';
import { STATUS_GATHER_MS } from '../../../coordinator/cluster/status/writer.ts';
import { commit } from '../../../coordinator/core/core.ts';
import type { RunEnd } from '../../../coordinator/core/model/journal.ts';
import type { OperationId } from '../../../coordinator/core/model/partition.ts';
import type { Core } from '../../../coordinator/core/model/picture.ts';
import { parseObject } from '../../../coordinator/document/parse.ts';
import { allIn, coreOf, partitionOf, turn } from '../../coordinator/cluster/fleet.ts';
import { rawStatefulSet } from '../../coordinator/cluster/objects.ts';
import { condition } from '../../sidecar/condition.ts';
import { useApiServer } from './ground.ts';

const NAMESPACE = 'default';
const TRUE = { status: 'True', reason: 'Read', message: '' } as const;

// Hooks after a test run in the reverse order: by then nothing is published any more.
afterEach(async () => {
  // A test that is tried again finds nothing of its first try.
  for (const resource of [PARTITIONS, DISRUPTION_BUDGETS, RUNS, EVENTS]) {
    const list = listSchema.parse(await ground.client.list(resource, { namespace: NAMESPACE }));
    for (const { metadata } of list.items) {
      await ground.client.delete(resource, { namespace: NAMESPACE, name: metadata.name });
    }
  }
});

const ground = useApiServer();

const listSchema = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

type Count = Record<'create' | 'patch' | 'delete', number>;

/** The client, and how often it has written. */
function counted(): { readonly calls: PublishingClient; readonly count: Count } {
  const count: Count = { create: 0, patch: 0, delete: 0 };
  const calls: PublishingClient = {
    list: ground.client.list.bind(ground.client),
    create: (...args) => {
      count.create += 1;
      return ground.client.create(...args);
    },
    patch: (...args) => {
      count.patch += 1;
      return ground.client.patch(...args);
    },
    delete: (...args) => {
      count.delete += 1;
      return ground.client.delete(...args);
    },
  };
  return { calls, count };
}

/** A Partition in the API server, and what publishes for it. */
async function published(name: string) {
  const spec = {
    machine: 'dune',
    segments: ['readout', 'writer'].map((each) => ({ name: each, members: 1 })),
  };
  const body = { apiVersion: 'baton.dev/v1alpha1', kind: 'Partition', metadata: { name }, spec };
  const object = partitionObjectOf(await ground.client.create(PARTITIONS, { namespace: NAMESPACE }, body));
  const document = await parseObject(body, name);
  return { object, document };
}

function informer(onChange: () => void): Informer<DisruptionBudget> {
  return ground.held.use(
    Informer.start<DisruptionBudget>({
      client: ground.client,
      resource: DISRUPTION_BUDGETS,
      namespace: NAMESPACE,
      project: disruptionBudgetOf,
      onChange,
      onTrouble: () => undefined,
      onFatal: fail,
      clock: systemClock,
      random: Math.random,
    }),
  );
}

function fail(error: unknown): void {
  throw error;
}

async function publisherOf(made: Awaited<ReturnType<typeof published>>, sets: readonly StatefulSet[] = []) {
  const { calls, count } = counted();
  let publisher: Publisher | undefined;
  const budgets = informer(() => publisher?.looked());
  await budgets.synced;
  publisher = new Publisher({
    partition: () => made.object,
    document: () => made.document,
    facts: () => ({ Accepted: TRUE }),
    budgets: () => [...budgets.all()].map(([, budget]) => budget),
    sets: () => sets,
    nodes: () => [],
    placement: () => new Map(),
    client: calls,
    instance: 'coordinator-0',
    clock: systemClock,
    random: Math.random,
    log: pino({ enabled: false }),
    onFatal: fail,
  });
  return { publisher: ground.held.use(publisher), count };
}

const quiet = { target: undefined, recorded: false } as const;
const recorded = { target: undefined, recorded: true } as const;

function fresh(): Core {
  return allIn(coreOf(partitionOf('readout 1', 'writer 1')), 'initial');
}

function accepted(core: Core, id: string, name: string): Core {
  return turn(core, {
    type: 'submit',
    caller: 1,
    id: id as OperationId,
    command: { kind: 'sequence', name, arguments: {} },
    highestSeen: 0,
    operator: 'crew',
  });
}

function ended(core: Core, run?: RunEnd): Core {
  const number = core.journal.operationNumber;
  const at = { outcome: 'succeeded', cause: '', atMs: Date.now(), unknown: [] } as const;
  const end = { kind: 'finished', number, ...at, ...(run === undefined ? {} : { run }) } as const;
  return commit(core, { records: [end], effects: [] });
}

const statusSchema = z.object({ status: z.record(z.string(), z.unknown()).optional() });

async function statusOf(name: string): Promise<Record<string, unknown>> {
  return statusSchema.parse(await ground.client.get(PARTITIONS, { namespace: NAMESPACE, name })).status ?? {};
}

async function budgetsOf(partition: string): Promise<readonly string[]> {
  const labelSelector = `baton.dev/partition=${partition}`;
  const list = z.object({ items: z.array(z.unknown()) });
  const { items } = list.parse(
    await ground.client.list(DISRUPTION_BUDGETS, { namespace: NAMESPACE }, { labelSelector }),
  );
  return items.map(disruptionBudgetOf).map(({ name, maxUnavailable }) => `${name} ${maxUnavailable}`);
}

const eventSchema = z.object({
  items: z.array(
    z.object({ reason: z.string(), note: z.string(), regarding: z.object({ name: z.string() }) }),
  ),
});

async function eventsOf(partition: string): Promise<readonly string[]> {
  const { items } = eventSchema.parse(await ground.client.list(EVENTS, { namespace: NAMESPACE }));
  return items
    .filter(({ regarding }) => regarding.name === partition)
    .map(({ reason, note }) => `${reason}: ${note}`);
}

const runSchema = z.object({ spec: z.object({ status: z.string(), cause: z.string().optional() }) });

test('a run from start to stop: guarded before anything is sent, told in status, events and runs, in few writes', async () => {
  const { publisher, count } = await publisherOf(await published('whole'));
  let core = fresh();
  publisher.turned(core, recorded);
  publisher.led(async () => ({ kind: 'operation', id: 'none' as OperationId }));
  await condition(
    'the budgets are open',
    async () => (await budgetsOf('whole')).join() === 'whole-readout 100%,whole-writer 100%',
  );
  await condition('the status is written', async () => (await statusOf('whole'))['state'] === 'initial');
  const before = writes(count);

  core = accepted(core, 'o1', 'start_run');
  await publisher.gate(core, []);
  // What the gate has waited for is true in the API server, not only asked for.
  expect(await budgetsOf('whole')).toEqual(['whole-readout 0', 'whole-writer 0']);
  expect(publisher.gate(core, [])).toBeUndefined();
  publisher.turned(core, recorded);
  await condition('the run is told', async () => (await run('whole-1'))?.status === 'open');
  await condition('the operation is told', async () => told(await statusOf('whole'), 'open'));
  core = allIn(ended(core), 'running');
  publisher.turned(core, recorded);
  await condition('its end is told', async () => (await eventsOf('whole')).length === 1);
  await condition('its end is in the status', async () => told(await statusOf('whole'), 'succeeded'));
  expect(writes(count) - before).toBeLessThanOrEqual(6 + 2);

  const started = writes(count);
  core = accepted(core, 'o2', 'stop_run');
  publisher.turned(core, recorded);
  core = allIn(ended(core, { number: 1, clean: true, cause: '' }), 'configured');
  publisher.turned(core, recorded);
  await condition(
    'the budgets are open again',
    async () => (await budgetsOf('whole')).join() === 'whole-readout 100%,whole-writer 100%',
  );
  await condition('the run has ended', async () => (await run('whole-1'))?.status === 'clean');
  await condition('both ends are told', async () => (await eventsOf('whole')).length === 2);
  await condition('the status knows', async () => (await statusOf('whole'))['state'] === 'configured');
  expect(await eventsOf('whole')).toContain(
    'OperationSucceeded: stop_run by crew succeeded; run 1 ended clean',
  );
  expect(writes(count) - started).toBeLessThanOrEqual(6 + 2);

  // Turns in which nothing changes write nothing: the status would be due by now.
  const idle = writes(count);
  for (let i = 0; i < 100; i++) publisher.turned(core, quiet);
  const dueMs = performance.now() + 1.5 * STATUS_GATHER_MS;
  await condition('a write would have been due', () => performance.now() > dueMs);
  expect(writes(count)).toBe(idle);
});

test('a takeover tells nothing twice, and makes up for a run that was not written', async () => {
  const made = await published('taken');
  let core = fresh();
  const first = await publisherOf(made);
  first.publisher.turned(core, recorded);
  core = allIn(ended(accepted(core, 'o1', 'start_run')), 'running');
  first.publisher.turned(core, recorded);
  await condition('the end is told', async () => (await eventsOf('taken')).length === 1);
  await condition('the run is told', async () => (await run('taken-1'))?.status === 'open');
  await first.publisher[Symbol.asyncDispose]();

  core = ended(accepted(core, 'o2', 'stop_run'), { number: 1, clean: false, cause: 'readout-0 was lost' });
  const second = await publisherOf(made);
  second.publisher.turned({ ...core, journal: { ...core.journal, epoch: 2 } }, recorded);
  await condition(
    'the run is made up for',
    async () => (await run('taken-1'))?.cause === 'readout-0 was lost',
  );
  await condition(
    'what the first had no time for is told',
    async () => (await eventsOf('taken')).length === 2,
  );
  await second.publisher[Symbol.asyncDispose]();

  const third = await publisherOf(made);
  third.publisher.turned({ ...core, journal: { ...core.journal, epoch: 3 } }, recorded);
  await condition('it has tried to tell the last end', () => third.count.create === 1);
  await condition('its status is settled', async () => (await statusOf('taken'))['observedGeneration'] === 1);
  expect(await eventsOf('taken')).toHaveLength(2);
  expect(third.count.delete).toBe(0);
});

test('seen-1.12: a budget that is changed or deleted by somebody is put right, and one of a user is named', async () => {
  const labels = { name: 'kept-readout', partition: 'kept', segment: 'readout', replicas: 1 };
  const { publisher } = await publisherOf(await published('kept'), [statefulSetOf(rawStatefulSet(labels))]);
  publisher.turned(fresh(), recorded);
  await condition('the budgets are there', async () => (await budgetsOf('kept')).length === 2);
  const where = { namespace: NAMESPACE, name: 'kept-readout' };
  await ground.client.delete(DISRUPTION_BUDGETS, where);
  await condition('it is back', async () => (await budgetsOf('kept')).length === 2);
  await ground.client.patch(DISRUPTION_BUDGETS, where, {
    kind: 'merge',
    body: { spec: { maxUnavailable: 1 } },
  });
  await condition('it says what it should', async () => (await budgetsOf('kept'))[0] === 'kept-readout 100%');
  expect(publisher.notices()).toEqual([]);
  const selector = { matchLabels: { 'baton.dev/segment': 'readout' } };
  await ground.client.create(
    DISRUPTION_BUDGETS,
    { namespace: NAMESPACE },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'mine' },
      spec: { minAvailable: 1, selector },
    },
  );
  await condition('it is named', () =>
    publisher.notices().some((notice) => notice.includes('default/mine selects pods')),
  );
  await condition('and in the status', async () =>
    JSON.stringify(await statusOf('kept')).includes('default/mine selects pods'),
  );
});

test('a partition that cannot be led says why and nothing else', async () => {
  const made = await published('broken');
  const { publisher } = await publisherOf(made);
  publisher.unled();
  await condition(
    'the status is written',
    async () => (await statusOf('broken'))['conditions'] !== undefined,
  );
  const status = await statusOf('broken');
  expect(status).toMatchObject({ state: 'unknown', conditions: [{ type: 'Accepted', status: 'True' }] });
  expect(status['segments']).toBeUndefined();
  publisher.warn('JournalDamaged', 'the journal cannot be read');
  publisher.warn('JournalDamaged', 'the journal cannot be read');
  await condition('it is told', async () => (await eventsOf('broken')).length > 0);
  expect(await eventsOf('broken')).toEqual(['JournalDamaged: the journal cannot be read']);
});

test('an API server that is away: a start is held for 3 s at most, then everything is made up for', async () => {
  const { publisher } = await publisherOf(await published('away'));
  let core = fresh();
  publisher.turned(core, recorded);
  await condition('the budgets are there', async () => (await budgetsOf('away')).length === 2);
  ground.plane.pause();
  try {
    core = accepted(core, 'o1', 'start_run');
    await publisher.gate(core, []);
    publisher.turned(core, recorded);
  } finally {
    ground.plane.resume();
  }
  await condition(
    'the run is guarded after all',
    async () => (await budgetsOf('away')).join() === 'away-readout 0,away-writer 0',
  );
  await condition('the run is told', async () => (await run('away-1'))?.status === 'open');
});

function writes({ create, patch, delete: gone }: Count): number {
  return create + patch + gone;
}

function told(status: Record<string, unknown>, wanted: string): boolean {
  return z.object({ status: z.literal(wanted) }).safeParse(status['operation']).success;
}

async function run(name: string) {
  const raw = await ground.client.get(RUNS, { namespace: NAMESPACE, name }).catch(() => undefined);
  return raw === undefined ? undefined : runSchema.parse(raw).spec;
}
