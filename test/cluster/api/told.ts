// What is told of a partition: by the coordinator to whoever calls, and by the objects of the API server.

import * as z from 'zod';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { isFault } from '../../../coordinator/cluster/client/fault.ts';
import { EVENTS, PARTITIONS, type Resource } from '../../../coordinator/cluster/client/resource.ts';
import { partitionStatusSchema } from '../../../coordinator/cluster/resources/status.ts';
import type { ListPartitionsResponse__Output } from '../../../protos/generated/baton/v1/ListPartitionsResponse.ts';
import type { Partition__Output } from '../../../protos/generated/baton/v1/Partition.ts';
import type { PartitionSummary__Output } from '../../../protos/generated/baton/v1/PartitionSummary.ts';
import type { SubmitResponse__Output } from '../../../protos/generated/baton/v1/SubmitResponse.ts';
import type { Client } from '../../coordinator/rig.ts';
import { condition } from '../../sidecar/condition.ts';
import type { Named } from './pods.ts';

/** The whole partition; undefined while it is not led. */
export function view({ ask }: Client, partition: string): Promise<Partition__Output | undefined> {
  return ask<{ partition: Partition__Output | null }>((stub, done) =>
    stub.getPartition({ partition }, done),
  ).then(
    (answer) => answer.partition ?? undefined,
    () => undefined,
  );
}

/** Waits until it is led and has `members`, all of them in control. */
export async function controlled(asker: Client, partition: string, members: number): Promise<void> {
  await condition(`${partition} has ${members} targets in control`, async () => {
    const targets = (await view(asker, partition))?.targets ?? [];
    return targets.length === members && targets.every(({ connected, state }) => connected && state !== '');
  });
}

/** Asks for a sequence; resolves once it is accepted, rejects with RunControlError. */
export async function submit({ ask }: Client, partition: string, sequence: string): Promise<void> {
  const operationId = `${sequence}-${Math.random().toString(36).slice(2)}`;
  const request = { partition, operationId, operator: 'me', command: { sequence, argumentsJson: '{}' } };
  await ask<SubmitResponse__Output>((stub, done) => stub.submit(request, done));
}

/** Waits until it is in `state`, and no operation is open. */
export async function inState(asker: Client, partition: string, state: string): Promise<void> {
  await condition(`${partition} is ${state}`, async () => {
    const seen = await view(asker, partition);
    return seen?.state === state && seen.operation?.status !== 'OPERATION_STATUS_OPEN';
  });
}

/** As `baton partitions` lists them; none while nobody leads. */
export function listed({ ask }: Client): Promise<readonly PartitionSummary__Output[]> {
  return ask<ListPartitionsResponse__Output>((stub, done) => stub.listPartitions({}, done)).then(
    ({ partitions }) => partitions,
    () => [],
  );
}

/** What `baton partitions` says is wrong with it. */
export async function trouble(asker: Client, partition: string): Promise<string> {
  return (await listed(asker)).find(({ name }) => name === partition)?.trouble ?? 'not listed';
}

/** Waits until `baton partitions` says these words of it. */
export async function troubled(asker: Client, partition: string, words: string): Promise<void> {
  await heard(`${partition} is in trouble: ${words}`, words, () => trouble(asker, partition));
}

const statusSchema = z.object({ status: partitionStatusSchema.optional() });

/** A condition of the Partition as one line. */
export async function conditionOf(client: KubeClient, named: Named, type: string): Promise<string> {
  const { status } = statusSchema.parse(await client.get(PARTITIONS, named));
  const found = status?.conditions.find((each) => each.type === type);
  return found === undefined ? 'none' : `${found.status} ${found.reason}: ${found.message}`;
}

/** Waits until a condition of the Partition says these words. */
export async function conditioned(
  client: KubeClient,
  named: Named,
  { type, words }: { readonly type: string; readonly words: string },
): Promise<void> {
  await heard(`${type} says ${words}`, words, () => conditionOf(client, named, type));
}

const eventsSchema = z.object({
  items: z.array(
    z.object({ reason: z.string(), note: z.string(), regarding: z.object({ name: z.string() }) }),
  ),
});

/** The Events about the Partition, one line each. */
export async function eventsOf(client: KubeClient, { namespace, name }: Named): Promise<readonly string[]> {
  const { items } = eventsSchema.parse(await client.list(EVENTS, { namespace }));
  return items
    .filter(({ regarding }) => regarding.name === name)
    .map(({ reason, note }) => `${reason}: ${note}`);
}

/** Waits until an Event about the Partition says these words. */
export async function noted(client: KubeClient, named: Named, words: string): Promise<void> {
  await heard(`an event says ${words}`, words, async () => (await eventsOf(client, named)).join('\n'));
}

/** True while there is such an object. */
export function exists(client: KubeClient, resource: Resource, { namespace, name }: Named): Promise<boolean> {
  return client.get(resource, { namespace, name }).then(
    () => true,
    (error: unknown) => {
      if (isFault(error, 'notFound')) return false;
      throw error;
    },
  );
}

/** Waits for the words, and tells what was said instead. */
async function heard(sentence: string, words: string, said: () => Promise<string>): Promise<void> {
  let last = '';
  await condition(sentence, async () => {
    last = await said();
    return last.includes(words);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it said: ${last}`);
  });
}
