// A node, as small as we need it.

import { z } from 'zod';
import { flag, instant, listOf, metadata, text } from './metadata.ts';

export type Node = {
  readonly name: string;
  /** It is cordoned: nothing new is placed there. */
  readonly isCordoned: boolean;
  /** Since when, in milliseconds since 1970, to the second; undefined: it is not, or the API server has yet to say. */
  readonly cordonedAtMs: number | undefined;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
};

const taint = z.object({ key: text, value: text, effect: text, timeAdded: instant.nullish() });

const schema = z.object({
  metadata,
  spec: z.object({ unschedulable: flag, taints: listOf(taint) }).nullish(),
});

/** The taint that the node's controller sets when a node is cordoned, and takes away when it is not any more. */
const CORDON_TAINT = 'node.kubernetes.io/unschedulable';

/**
 * The node in `raw`, an object of the API server. Whether it is Ready is left out on purpose: after an outage of
 * the API server that is untrue for up to a minute. Throws ZodError for what is no node.
 */
export function nodeOf(raw: unknown): Node {
  const { metadata: about, spec } = schema.parse(raw);
  const isCordoned = spec?.unschedulable ?? false;
  const taints = spec?.taints ?? [];
  const cordon = isCordoned ? taints.find(({ key }) => key === CORDON_TAINT) : undefined;
  return {
    name: about.name,
    isCordoned,
    cordonedAtMs: cordon?.timeAdded ?? undefined,
    taints: taints.map(({ key, value, effect }) => ({ key, value, effect })),
  };
}
