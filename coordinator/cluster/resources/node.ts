// A node, as small as we need it.

import { z } from 'zod';
import { flag, listOf, metadata, text } from './metadata.ts';

export type Node = {
  readonly name: string;
  /** It is cordoned: nothing new is placed there. */
  readonly isCordoned: boolean;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
};

const schema = z.object({
  metadata,
  spec: z
    .object({ unschedulable: flag, taints: listOf(z.object({ key: text, value: text, effect: text })) })
    .nullish(),
});

/**
 * The node in `raw`, an object of the API server. Whether it is Ready is left out on purpose: after an outage of
 * the API server that is untrue for up to a minute. Throws ZodError for what is no node.
 */
export function nodeOf(raw: unknown): Node {
  const { metadata: about, spec } = schema.parse(raw);
  return { name: about.name, isCordoned: spec?.unschedulable ?? false, taints: spec?.taints ?? [] };
}
