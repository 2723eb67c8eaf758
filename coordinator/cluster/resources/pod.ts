// A pod, as small as we need it.

import { z } from 'zod';
import {
  IDENTITY_ANNOTATION,
  ORDINAL_LABEL,
  PARTITION_LABEL,
  SEGMENT_LABEL,
  SIDECAR_CONTAINER,
} from '../names.ts';
import { count, instant, listOf, metadata, text } from './metadata.ts';

/** A life of a container that has ended. */
export type Ending = {
  readonly exitCode: number;
  readonly signal: number;
  /** `OOMKilled`, `Error`, `Completed`, … */
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since 1970 on the node's clock; absent when the kubelet does not say. */
  readonly atMs: number | undefined;
};

export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly ending: Ending }
  /** The kubelet has not spoken of it yet. */
  | { readonly kind: 'unreported' };

export type Container = {
  readonly name: string;
  readonly image: string;
  /** Changes with each life; empty before the first. */
  readonly id: string;
  /** Its startup probe has passed. For a moment also that of the life before. */
  readonly isStarted: boolean;
  readonly restarts: number;
  readonly state: ContainerState;
  /** How the life before the present one ended. */
  readonly last: Ending | undefined;
};

export type PodCondition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
};

export type Pod = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Labels of ours; empty, or undefined, without them. */
  readonly partition: string;
  readonly segment: string;
  readonly ordinal: number | undefined;
  /** The StatefulSet that controls it; empty: none does. */
  readonly statefulSet: string;
  /** Where the certificates of its sidecar come from; empty: it has none, and speaks plaintext. */
  readonly identity: string;
  /** Revision of the StatefulSet that it was made from. */
  readonly revision: string;
  /** Empty while it has none. */
  readonly ip: string;
  /** Empty while it is not placed. */
  readonly node: string;
  /** It has a deletion timestamp. */
  readonly isDeleting: boolean;
  /** It is deleted with no grace at all: nobody waits for its containers. */
  readonly isForced: boolean;
  /** `Pending`, `Running`, `Succeeded`, `Failed`; empty: not said. */
  readonly phase: string;
  /** Why, of the whole pod: `Evicted`, `NodeLost`. */
  readonly reason: string;
  readonly message: string;
  readonly conditions: readonly PodCondition[];
  /** The DAQ process; undefined only in a pod without containers. */
  readonly process: Container | undefined;
  /** Undefined: the pod has none. */
  readonly sidecar: Container | undefined;
  /** All the others that are kept running, or that run before these. */
  readonly others: readonly Container[];
};

const ending = z
  .object({ exitCode: count, signal: count, reason: text, message: text, finishedAt: instant.nullish() })
  .transform(({ finishedAt, ...said }): Ending => ({ ...said, atMs: finishedAt ?? undefined }));

const state = z.object({
  waiting: z.object({ reason: text, message: text }).nullish(),
  running: z.object({}).nullish(),
  terminated: ending.nullish(),
});

const status = z.object({
  name: z.string(),
  containerID: text,
  started: z.boolean().nullish(),
  restartCount: count,
  state: state.nullish(),
  lastState: state.nullish(),
});

const container = z.object({ name: z.string(), image: text });

const schema = z.object({
  metadata,
  spec: z.object({ containers: listOf(container), initContainers: listOf(container), nodeName: text }),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      podIP: text,
      conditions: listOf(z.object({ type: text, status: text, reason: text, message: text })),
      containerStatuses: listOf(status),
      initContainerStatuses: listOf(status),
    })
    .nullish(),
});

type Raw = z.output<typeof schema>;
type Status = z.output<typeof status>;

/** What names the container that `kubectl exec` takes names the DAQ process too. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** The pod in `raw`, an object of the API server. Throws ZodError for what is no pod: a bug, or another API. */
export function podOf(raw: unknown): Pod {
  const parsed = schema.parse(raw);
  const { metadata: about, spec, status: told } = parsed;
  const { labels, ownerReferences } = about;
  const isDeleting = about.deletionTimestamp !== undefined && about.deletionTimestamp !== null;
  const all = containersOf(parsed);
  const sidecar = all.find(({ name }) => name === SIDECAR_CONTAINER);
  const process = all.find(({ name }) => name === processName(parsed));
  return {
    namespace: about.namespace,
    name: about.name,
    uid: about.uid,
    partition: labels[PARTITION_LABEL] ?? '',
    segment: labels[SEGMENT_LABEL] ?? '',
    ordinal: ordinalOf(labels[ORDINAL_LABEL]),
    statefulSet:
      ownerReferences.find(({ kind, controller }) => controller && kind === 'StatefulSet')?.name ?? '',
    identity: about.annotations[IDENTITY_ANNOTATION] ?? '',
    revision: labels['controller-revision-hash'] ?? '',
    ip: told?.podIP ?? '',
    node: spec.nodeName,
    isDeleting,
    isForced: isDeleting && about.deletionGracePeriodSeconds === 0,
    phase: told?.phase ?? '',
    reason: told?.reason ?? '',
    message: told?.message ?? '',
    conditions: told?.conditions ?? [],
    process,
    sidecar,
    others: all.filter((each) => each !== process && each !== sidecar),
  };
}

function processName({ metadata: about, spec }: Raw): string | undefined {
  const named = about.annotations[DEFAULT_CONTAINER];
  const candidates = spec.containers.filter(({ name }) => name !== SIDECAR_CONTAINER);
  return (candidates.find(({ name }) => name === named) ?? candidates[0])?.name;
}

/** Init containers first, as they start. */
function containersOf({ spec, status: told }: Raw): readonly Container[] {
  const statuses = [...(told?.initContainerStatuses ?? []), ...(told?.containerStatuses ?? [])];
  return [...spec.initContainers, ...spec.containers].map(({ name, image }) => {
    const said = statuses.find((each) => each.name === name);
    return {
      name,
      image,
      id: said?.containerID ?? '',
      isStarted: said?.started ?? false,
      restarts: said?.restartCount ?? 0,
      state: stateOf(said),
      last: said?.lastState?.terminated ?? undefined,
    };
  });
}

function stateOf(said: Status | undefined): ContainerState {
  const { waiting, running, terminated } = said?.state ?? {};
  if (terminated) return { kind: 'ended', ending: terminated };
  if (running) return { kind: 'running' };
  return waiting ? { kind: 'waiting', ...waiting } : { kind: 'unreported' };
}

function ordinalOf(label: string | undefined): number | undefined {
  return label !== undefined && /^(0|[1-9]\d{0,8})$/.test(label) ? Number(label) : undefined;
}
