// A StatefulSet, as small as we need it.

import { z } from 'zod';
import { PARTITION_LABEL, SEGMENT_LABEL } from '../names.ts';
import { count, instant, listOf, metadata, text } from './metadata.ts';

/** Who says how many replicas there are, as the API server notes it. */
export type FieldOwner = {
  readonly manager: string;
  /** `scale` when it came by that door; else empty. */
  readonly subresource: string;
};

export type StatefulSet = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly isDeleting: boolean;
  /** Labels of ours on the set itself, and those that it gives to its pods; empty without them. */
  readonly partition: string;
  readonly segment: string;
  readonly podPartition: string;
  readonly podSegment: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly replicas: number;
  /** Empty: it is the default, and nobody has said a number yet. */
  readonly replicasOwners: readonly FieldOwner[];
  /** Ordinal of the first pod. */
  readonly ordinalsStart: number;
  /** `Parallel` or `OrderedReady`. */
  readonly podManagementPolicy: string;
  /** `OnDelete` or `RollingUpdate`. */
  readonly updateStrategy: string;
  readonly updateRevision: string;
  readonly currentRevision: string;
  /** Of the pod template. */
  readonly gracePeriodSeconds: number;
};

const managedFields = listOf(
  z.object({
    manager: text,
    subresource: text,
    time: instant.nullish(),
    fieldsV1: z.unknown().optional(),
  }),
);

const schema = z.object({
  metadata: metadata.extend({ managedFields }),
  spec: z.object({
    replicas: z.number().nullish(),
    ordinals: z.object({ start: count }).nullish(),
    podManagementPolicy: text,
    updateStrategy: z.object({ type: text }).nullish(),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()).nullish() }).nullish(),
      spec: z.object({ terminationGracePeriodSeconds: z.number().nullish() }).nullish(),
    }),
  }),
  status: z.object({ observedGeneration: count, updateRevision: text, currentRevision: text }).nullish(),
});

const GRACE_SECONDS_BY_DEFAULT = 30;

/** The StatefulSet in `raw`, an object of the API server. Throws ZodError for what is none. */
export function statefulSetOf(raw: unknown): StatefulSet {
  const { metadata: about, spec, status } = schema.parse(raw);
  const podLabels = spec.template.metadata?.labels ?? {};
  return {
    namespace: about.namespace,
    name: about.name,
    uid: about.uid,
    generation: about.generation,
    observedGeneration: status?.observedGeneration ?? 0,
    isDeleting: about.deletionTimestamp !== undefined && about.deletionTimestamp !== null,
    partition: about.labels[PARTITION_LABEL] ?? '',
    segment: about.labels[SEGMENT_LABEL] ?? '',
    podPartition: podLabels[PARTITION_LABEL] ?? '',
    podSegment: podLabels[SEGMENT_LABEL] ?? '',
    podLabels,
    replicas: spec.replicas ?? 1,
    replicasOwners: about.managedFields.filter(ownsReplicas).map(({ manager, subresource }) => ({
      manager,
      subresource,
    })),
    ordinalsStart: spec.ordinals?.start ?? 0,
    podManagementPolicy: spec.podManagementPolicy || 'OrderedReady',
    updateStrategy: spec.updateStrategy?.type || 'RollingUpdate',
    updateRevision: status?.updateRevision ?? '',
    currentRevision: status?.currentRevision ?? '',
    gracePeriodSeconds: spec.template.spec?.terminationGracePeriodSeconds ?? GRACE_SECONDS_BY_DEFAULT,
  };
}

const replicasField = z.object({ 'f:spec': z.object({ 'f:replicas': z.unknown() }).loose() });

function ownsReplicas({ fieldsV1 }: { readonly fieldsV1?: unknown }): boolean {
  const parsed = replicasField.safeParse(fieldsV1);
  return parsed.success && parsed.data['f:spec']['f:replicas'] !== undefined;
}
