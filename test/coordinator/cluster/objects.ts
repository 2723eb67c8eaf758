// Objects as the API server tells them, with what concerns Baton and some that does not.

import { type Pod, podOf } from '../../../coordinator/cluster/resources/pod.ts';

export const NAMESPACE = 'daq';

type Status = Readonly<Record<string, unknown>>;

export type PodWords = {
  readonly segment?: string;
  readonly ordinal?: number;
  readonly partition?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly statefulSet?: string;
  readonly ip?: string;
  readonly node?: string;
  readonly isDeleting?: boolean;
  /** Of its deletion, in seconds. */
  readonly graceS?: number;
  readonly phase?: string;
  readonly status?: Status;
  readonly process?: Status;
  readonly sidecar?: Status | 'none';
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

export const RUNNING = { running: { startedAt: '2026-11-21T14:00:05Z' } } as const;

export function waiting(reason: string, message = ''): Status {
  return { waiting: { reason, ...(message === '' ? {} : { message }) } };
}

export function terminated(exitCode: number, reason = 'Error', more: Status = {}): Status {
  return { terminated: { exitCode, reason, finishedAt: '2026-11-21T14:03:12Z', ...more } };
}

/** A pod of a StatefulSet with a native sidecar. */
export function rawPod(words: PodWords = {}): Record<string, unknown> {
  const segment = words.segment ?? 'readout';
  const ordinal = words.ordinal ?? 0;
  const partition = words.partition ?? 'minidaq';
  const statefulSet = words.statefulSet ?? `${partition}-${segment}`;
  const name = words.name ?? `${statefulSet}-${ordinal}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: NAMESPACE,
      name,
      uid: words.uid ?? `uid-of-${name}`,
      resourceVersion: '4711',
      labels: {
        'apps.kubernetes.io/pod-index': `${ordinal}`,
        'controller-revision-hash': `${statefulSet}-6b7f9`,
        'baton.dev/partition': partition,
        'baton.dev/segment': segment,
        ...words.labels,
      },
      annotations: words.annotations ?? {},
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          name: statefulSet,
          uid: 'uid-of-set',
          controller: true,
        },
      ],
      managedFields: [{ manager: 'kubelet', operation: 'Update', subresource: 'status' }],
      ...(words.isDeleting === true
        ? { deletionTimestamp: '2026-11-21T14:05:00Z', deletionGracePeriodSeconds: words.graceS ?? 30 }
        : {}),
    },
    spec: specOf(words),
    status: statusOf(words),
  };
}

/** The same, parsed. */
export function aPod(words: PodWords = {}): Pod {
  return podOf(rawPod(words));
}

function specOf({ sidecar, node }: PodWords): Status {
  const own = { name: 'baton', image: 'baton-sidecar:1', restartPolicy: 'Always' };
  return {
    initContainers: sidecar === 'none' ? [] : [own],
    containers: [{ name: 'readout', image: 'minidaq:1' }],
    nodeName: node ?? 'node-1',
    terminationGracePeriodSeconds: 30,
  };
}

function statusOf({ ip, phase, process, sidecar, status }: PodWords): Status {
  const container = (name: string, said: Status) => ({
    name,
    image: `${name}:1`,
    imageID: 'sha256:0',
    containerID: `containerd://${name}-1`,
    restartCount: 0,
    ready: true,
    started: true,
    state: RUNNING,
    lastState: {},
    ...said,
  });
  return {
    phase: phase ?? 'Running',
    podIP: ip ?? '10.88.1.7',
    conditions: [{ type: 'PodScheduled', status: 'True' }],
    initContainerStatuses: sidecar === 'none' ? [] : [container('baton', sidecar ?? {})],
    containerStatuses: [container('readout', process ?? {})],
    ...status,
  };
}

export type StatefulSetWords = {
  readonly name: string;
  readonly partition: string;
  readonly segment: string;
  readonly replicas: number;
  readonly updateRevision?: string;
  readonly managedFields?: readonly unknown[];
};

/** A StatefulSet whose pods carry our labels. */
export function rawStatefulSet(words: StatefulSetWords): Record<string, unknown> {
  const { name, partition, segment, replicas, updateRevision = `${name}-1`, managedFields = [] } = words;
  const labels = { 'baton.dev/partition': partition, 'baton.dev/segment': segment };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { namespace: NAMESPACE, name, uid: `uid-of-${name}`, generation: 1, labels, managedFields },
    spec: {
      replicas,
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'OnDelete' },
      template: {
        metadata: { labels: { app: 'daq', ...labels } },
        spec: { terminationGracePeriodSeconds: 30 },
      },
    },
    status: { observedGeneration: 1, updateRevision, currentRevision: `${name}-1` },
  };
}
