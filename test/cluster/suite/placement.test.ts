// Where pods really land: what the values of a segment say, put to the real scheduler. Nothing has to run for it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { condition } from '../../sidecar/condition.ts';
import { installKinds, installMinidaq } from '../install.ts';
import { openSite, type Site } from '../site.ts';

let site: Site;
let nodes: readonly [string, string];

const nodesSchema = z.looseObject({
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});

beforeAll(async () => {
  site = await openSite('placement');
  const { items } = nodesSchema.parse(await site.get('nodes'));
  const [first, second] = items.map(({ metadata }) => metadata.name);
  if (first === undefined || second === undefined) throw new Error('want two nodes');
  nodes = [first, second];
  await site.volume('data');
  await installKinds(site);
});

afterAll(async () => site?.[Symbol.asyncDispose]());

const podsSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ deletionTimestamp: z.string().optional() }),
      spec: z.looseObject({ nodeName: z.string().optional() }),
      status: z.looseObject({
        conditions: z
          .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().optional() }))
          .default([]),
      }),
    }),
  ),
});

type Placed = {
  /** Nodes of the pods that have one, sorted. */
  readonly nodes: readonly string[];
  /** Why the others have none, in the scheduler's words. */
  readonly refusals: readonly string[];
};

/** Where all pods of a segment are, once the scheduler has said so of each. */
async function placedOf(partition: string, segment: string, members: number): Promise<Placed> {
  let placed: Placed = { nodes: [], refusals: [] };
  await condition(`${segment} of ${partition} has been looked at`, async () => {
    const selector = `baton.dev/partition=${partition},baton.dev/segment=${segment}`;
    const { items } = podsSchema.parse(await site.get('pods', '--selector', selector));
    placed = {
      nodes: items.flatMap(({ spec }) => spec.nodeName ?? []).sort(),
      refusals: items
        .flatMap(({ status }) => status.conditions)
        .filter(({ type, status }) => type === 'PodScheduled' && status === 'False')
        .map(({ message = '' }) => message),
    };
    return placed.nodes.length + placed.refusals.length === members;
  });
  return placed;
}

test('members that must be apart take a node each, and one too many waits', async () => {
  await installMinidaq(site, 'apart', { partition: { pods: { builder: { apart: 'hard' } } } });
  await site.kubectl('scale', 'statefulset/apart-builder', '--replicas=2');
  expect(await placedOf('apart', 'builder', 2)).toEqual({ nodes: [...nodes].sort(), refusals: [] });
  await site.kubectl('scale', 'statefulset/apart-builder', '--replicas=3');
  const { nodes: taken, refusals } = await placedOf('apart', 'builder', 3);
  expect(taken).toHaveLength(2);
  expect(refusals).toEqual([expect.stringContaining("didn't match pod anti-affinity rules")]);
});

test('a segment that must be beside another goes where that one is, and a wish is heard', async () => {
  const [first, second] = nodes;
  const on = (node: string) => ({ nodeSelector: { 'kubernetes.io/hostname': node } });
  const rather = {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          preference: {
            matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [first] }],
          },
        },
      ],
    },
  };
  const pods = {
    trigger: on(second),
    writer: { beside: { segment: 'trigger', kind: 'hard' } },
    readout: { affinity: rather },
  };
  await installMinidaq(site, 'beside', { partition: { pods } });
  expect(await placedOf('beside', 'trigger', 1)).toEqual({ nodes: [second], refusals: [] });
  expect(await placedOf('beside', 'writer', 1)).toEqual({ nodes: [second], refusals: [] });
  expect(await placedOf('beside', 'readout', 1)).toEqual({ nodes: [first], refusals: [] });
});

test('only pods that tolerate a taint go to a tainted node', async () => {
  const [, second] = nodes;
  const there = { nodeSelector: { 'kubernetes.io/hostname': second } };
  const tolerations = [{ key: 'baton.dev/test', operator: 'Exists', effect: 'NoSchedule' }];
  await site.kubectl('taint', 'node', second, 'baton.dev/test=:NoSchedule');
  try {
    const pods = { readout: { ...there, tolerations }, builder: there };
    await installMinidaq(site, 'taints', { partition: { pods } });
    expect(await placedOf('taints', 'readout', 1)).toEqual({ nodes: [second], refusals: [] });
    const { nodes: taken, refusals } = await placedOf('taints', 'builder', 1);
    expect(taken).toEqual([]);
    expect(refusals).toEqual([expect.stringContaining('untolerated taint')]);
  } finally {
    await site.kubectl('taint', 'node', second, 'baton.dev/test-');
  }
});
