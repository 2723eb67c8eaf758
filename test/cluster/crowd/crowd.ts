// Thousands of pods at a real API server, as large as the charts make them, on nodes that there are not: what they
// cost a coordinator. No controller runs, so the pods are made here; kwok says of them what kubelets would.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { NODES, PARTITIONS, PODS, STATEFUL_SETS } from '../../../coordinator/cluster/client/resource.ts';
import { PARTITION_LABEL, SEGMENT_LABEL } from '../../../coordinator/cluster/names.ts';
import { condition } from '../../sidecar/condition.ts';
import { pathOf } from '../binaries.ts';
import { NAMESPACE, RELEASE, render } from '../charts/helm.ts';
import { minidaq } from '../charts/minidaq.ts';
import { templateIn } from '../charts/pods.ts';
import { type ControlPlane, startControlPlane } from '../controlPlane.ts';
import { run } from '../run.ts';
import { startKwok } from './kwok.ts';
import { openNetwork, type Silence } from './network.ts';

export const PARTITION = 'crowd';

/** No name of a segment ends like that of a target. */
const SEGMENTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] as const;

/** Pods on one node, as many as a kubelet takes. */
const PODS_PER_NODE = 100;

/** Objects that are being created at the same time. */
const CREATED_AT_ONCE = 24;

/** How often the pods are looked at, in milliseconds. */
const LOOK_MS = 1_000;

/** For kwok, on a machine that does other things too, in milliseconds. */
const PATIENCE_MS = 240_000;

export type Crowd = AsyncDisposable & {
  readonly plane: ControlPlane;
  /** Somebody who may what the chart allows its coordinator, and who that is in the audit log. */
  readonly kubeconfig: string;
  readonly user: string;
  readonly pods: number;
};

/** That many pods, a multiple of ten, of one Partition; resolves once all of them run, as far as the API server knows. */
export async function openCrowd(pods: number, silence: Silence): Promise<Crowd> {
  await using begun = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'baton-crowd-'));
  begun.defer(() => rmSync(folder, { recursive: true, force: true }));
  const network = begun.use(await openNetwork(silence));
  const plane = begun.use(await startControlPlane());
  const { kubeconfig } = plane;
  const client = begun.use(KubeClient.open({ kind: 'kubeconfig', path: kubeconfig, context: undefined }));
  await installChart(kubeconfig);
  const nodes = numbers(Math.ceil(pods / PODS_PER_NODE));
  await eachOf(nodes, (node) => client.create(NODES, {}, nodeBody(node)));
  await createPartition(client, pods);
  // Not before: each new pod would be patched while others are made.
  const kwok = begun.use(await startKwok({ kubeconfig, folder, addresses: network.addresses }));
  await condition(
    `${pods} pods run`,
    async () => {
      kwok.requireAlive();
      // Each look costs the API server a look at all pods.
      await wait(LOOK_MS);
      return allRun(client);
    },
    PATIENCE_MS,
  );
  const held = begun.move();
  const user = `system:serviceaccount:${NAMESPACE}:${RELEASE}-baton`;
  return {
    plane,
    kubeconfig: withNamespace(plane.kubeconfigOf(user)),
    user,
    pods,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Outside of a pod that of the kubeconfig is the coordinator's own. */
function withNamespace(file: string): string {
  const config = configSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  for (const { context } of config.contexts) context.namespace = NAMESPACE;
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const configSchema = z.looseObject({
  contexts: z.array(z.looseObject({ context: z.looseObject({ namespace: z.string().optional() }) })),
});

/** The kinds, and the rights of the coordinator. */
async function installChart(kubeconfig: string): Promise<void> {
  const apply = async (items: readonly unknown[]) => {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await run(pathOf('kubectl'), ['--kubeconfig', kubeconfig, 'apply', '--server-side', '-f', '-'], {
      input: list,
    });
  };
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }]);
  const charted = await render('baton');
  await apply(charted.filter(({ kind }) => kind === 'CustomResourceDefinition'));
  const wait = ['wait', '--for=condition=Established', 'customresourcedefinitions', '--all'];
  await run(pathOf('kubectl'), ['--kubeconfig', kubeconfig, ...wait]);
  await apply(charted.filter(({ kind }) => kind.includes('Role')));
}

const createdSchema = z.object({ metadata: z.object({ uid: z.string() }) });

async function createPartition(client: KubeClient, pods: number): Promise<void> {
  const members = pods / SEGMENTS.length;
  const sets = (await render('minidaq', minidaq())).filter(({ kind }) => kind === 'StatefulSet');
  const pattern = sets[0];
  if (pattern === undefined) throw new Error('the miniature DAQ has StatefulSets');
  for (const segment of SEGMENTS) {
    const labels = { [PARTITION_LABEL]: PARTITION, [SEGMENT_LABEL]: segment };
    const template = { metadata: { labels }, spec: templateIn(pattern).spec };
    const name = `${PARTITION}-${segment}`;
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, labels },
      spec: { ...OF_SETS, serviceName: name, selector: { matchLabels: labels }, template, replicas: members },
    };
    const { uid } = createdSchema.parse(
      await client.create(STATEFUL_SETS, { namespace: NAMESPACE }, set),
    ).metadata;
    await eachOf(numbers(members), (ordinal) => {
      const node = (SEGMENTS.indexOf(segment) * members + ordinal) % Math.ceil(pods / PODS_PER_NODE);
      const pod = { apiVersion: 'v1', kind: 'Pod', ...podOf({ name, uid, labels, ordinal, node }) };
      return client.create(
        PODS,
        { namespace: NAMESPACE },
        { ...pod, spec: { ...template.spec, ...pod.spec } },
      );
    });
  }
  const spec = { machine: 'minimal', segments: SEGMENTS.map((name) => ({ name, members })) };
  const body = { apiVersion: 'baton.dev/v1alpha1', kind: 'Partition', metadata: { name: PARTITION }, spec };
  await client.create(PARTITIONS, { namespace: NAMESPACE }, body);
}

const OF_SETS = { podManagementPolicy: 'Parallel', updateStrategy: { type: 'OnDelete' } };

function podOf({
  name,
  uid,
  labels,
  ordinal,
  node,
}: {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ordinal: number;
  readonly node: number;
}) {
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid, controller: true };
  return {
    metadata: {
      name: `${name}-${ordinal}`,
      labels: {
        ...labels,
        'apps.kubernetes.io/pod-index': `${ordinal}`,
        'controller-revision-hash': `${name}-1`,
      },
      ownerReferences: [owner],
    },
    spec: { nodeName: nodeName(node) },
  };
}

function nodeBody(node: number): object {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName(node) }, spec: {} };
}

function nodeName(node: number): string {
  return `fake-${node}`;
}

const podsSchema = z.object({ items: z.array(z.unknown()) });

/** Asked of the API server: whoever waits reads no thousand pods. */
async function allRun(client: KubeClient): Promise<boolean> {
  const options = { fieldSelector: 'status.phase!=Running', limit: 1 };
  return podsSchema.parse(await client.list(PODS, { namespace: NAMESPACE }, options)).items.length === 0;
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at);
}

async function eachOf(all: readonly number[], act: (each: number) => Promise<unknown>): Promise<void> {
  const waiting = all.values();
  const work = async () => {
    for (const each of waiting) await act(each);
  };
  await Promise.all(numbers(CREATED_AT_ONCE).map(work));
}
