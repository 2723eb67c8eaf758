// A PodDisruptionBudget, as small as we need it: ours, and everybody's that may stand in the way of ours.

import { z } from 'zod';
import { MANAGED_BY, MANAGED_LABEL, PARTITION_LABEL } from '../names.ts';
import { listOf, metadata, text } from './metadata.ts';

export type Requirement = {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
};

export type Selector = {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly Requirement[];
};

export type DisruptionBudget = {
  readonly namespace: string;
  readonly name: string;
  /** The partition that we made it for; undefined: it is somebody else's. */
  readonly partition: string | undefined;
  /** Undefined: it selects nothing. */
  readonly selector: Selector | undefined;
  /** As written, `0` or `100%`; empty when `minAvailable` is what it says. */
  readonly maxUnavailable: string;
  readonly unhealthyPodEvictionPolicy: string;
};

const schema = z.object({
  metadata,
  spec: z
    .object({
      selector: z
        .object({
          matchLabels: z.record(z.string(), z.string()).nullish(),
          matchExpressions: listOf(z.object({ key: text, operator: text, values: listOf(z.string()) })),
        })
        .nullish(),
      maxUnavailable: z.union([z.number(), z.string()]).nullish(),
      unhealthyPodEvictionPolicy: text,
    })
    .nullish(),
});

/** The PodDisruptionBudget in `raw`, an object of the API server. Throws ZodError for what is none. */
export function disruptionBudgetOf(raw: unknown): DisruptionBudget {
  const { metadata: about, spec } = schema.parse(raw);
  const { labels } = about;
  const { matchLabels, matchExpressions } = spec?.selector ?? {};
  return {
    namespace: about.namespace,
    name: about.name,
    partition: labels[MANAGED_LABEL] === MANAGED_BY ? labels[PARTITION_LABEL] : undefined,
    selector: spec?.selector
      ? { matchLabels: matchLabels ?? {}, matchExpressions: matchExpressions ?? [] }
      : undefined,
    maxUnavailable: String(spec?.maxUnavailable ?? ''),
    unhealthyPodEvictionPolicy: spec?.unhealthyPodEvictionPolicy ?? '',
  };
}
