// StatefulSets and pods in an API server that has no controllers and no kubelet: the test says what becomes of them.
// In each pod's place a sidecar runs in this process.

import * as z from 'zod';
import type { KubeClient } from '../../../coordinator/cluster/client/client.ts';
import { PODS, STATEFUL_SETS } from '../../../coordinator/cluster/client/resource.ts';
import { type Obedient, obedientSidecar } from '../../coordinator/obedient.ts';

export type Named = { readonly namespace: string; readonly name: string };

const created = z.object({ metadata: z.object({ uid: z.string() }) });

/** A StatefulSet as the chart writes it, without a number of replicas. Its pods carry `labels`, or those said. */
export async function createSet(
  client: KubeClient,
  { namespace, name }: Named,
  labels: Readonly<Record<string, string>>,
  podLabels: Readonly<Record<string, string>> = labels,
): Promise<string> {
  const body = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels },
    spec: {
      serviceName: name,
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'OnDelete' },
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...podLabels } },
        spec: { containers: [{ name: 'readout', image: 'minidaq:1' }] },
      },
    },
  };
  // As helm does it: whoever creates it in another way owns the number that the API server chose.
  const where = { namespace, name };
  const applied = await client.patch(STATEFUL_SETS, where, { kind: 'apply', body, force: true });
  return created.parse(applied).metadata.uid;
}

export type PodWords = Named & {
  readonly ordinal: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly set: Named & { readonly uid: string };
  /** That the sidecar speaks; absent: ours. */
  readonly contractVersion?: number | undefined;
};

/** A pod that the kubelet has started, with its sidecar; `meet` is told of that before the pod has an address. */
export async function startPod(
  client: KubeClient,
  words: PodWords,
  meet: (sidecar: Obedient) => void,
): Promise<Obedient> {
  const { namespace, name, ordinal, labels, contractVersion } = words;
  const uid = await createPod(client, words, [SIDECAR]);
  const segment = labels['baton.dev/segment'];
  const sidecar = await obedientSidecar(`${segment}-${ordinal}`, uid, contractVersion);
  meet(sidecar);
  await setStatus(client, { namespace, name }, statusOf({ running: {} }));
  return sidecar;
}

/** A pod that the kubelet has started, in which nobody has put a sidecar. */
export async function startPodAlone(client: KubeClient, words: PodWords): Promise<void> {
  await createPod(client, words, []);
  await setStatus(client, words, statusOf({ running: {} }));
}

const SIDECAR = { name: 'baton', image: 'baton-sidecar:1', restartPolicy: 'Always' };

/** Gives its UID. */
async function createPod(
  client: KubeClient,
  { namespace, name, ordinal, labels, set }: PodWords,
  initContainers: readonly unknown[],
): Promise<string> {
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    name: set.name,
    uid: set.uid,
    controller: true,
  };
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { ...labels, 'apps.kubernetes.io/pod-index': `${ordinal}` },
      ownerReferences: [owner],
    },
    spec: {
      nodeName: 'node-1',
      initContainers,
      containers: [{ name: 'readout', image: 'minidaq:1' }],
    },
  };
  return created.parse(await client.create(PODS, { namespace }, body)).metadata.uid;
}

/** What a kubelet would say of a pod whose containers are all in one state. */
export function statusOf(state: Readonly<Record<string, unknown>>): unknown {
  const container = (name: string) => ({
    name,
    image: `${name}:1`,
    imageID: `sha256:${name}`,
    containerID: `containerd://${name}`,
    restartCount: 0,
    ready: true,
    state,
  });
  return {
    phase: 'Running',
    podIP: '127.0.0.1',
    podIPs: [{ ip: '127.0.0.1' }],
    conditions: [{ type: 'PodScheduled', status: 'True' }],
    initContainerStatuses: [container('baton')],
    containerStatuses: [container('readout')],
  };
}

/** Says of a pod what its kubelet would. */
export async function setStatus(
  client: KubeClient,
  { namespace, name }: Named,
  status: unknown,
): Promise<void> {
  await client.patch(PODS, { namespace, name, subresource: 'status' }, { kind: 'merge', body: { status } });
}
