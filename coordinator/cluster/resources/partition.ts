// A Partition as the API server holds it. What its spec says is the document's business (coordinator/document).

import { z } from 'zod';
import { metadata } from './metadata.ts';

export type PartitionObject = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Grows with each edit of the spec. */
  readonly generation: number;
  readonly resourceVersion: string;
  readonly isDeleting: boolean;
  readonly finalizers: readonly string[];
  readonly spec: unknown;
  /** As last written, by whomever: only `lastTransitionTime` is taken from it. */
  readonly status: unknown;
};

const schema = z.object({ metadata, spec: z.unknown().optional(), status: z.unknown().optional() });

/** The Partition in `raw`, an object of the API server. Throws ZodError for what is none. */
export function partitionObjectOf(raw: unknown): PartitionObject {
  const { metadata: about, spec, status } = schema.parse(raw);
  const { namespace, name, uid, generation, resourceVersion, finalizers } = about;
  const isDeleting = about.deletionTimestamp !== undefined && about.deletionTimestamp !== null;
  return { namespace, name, uid, generation, resourceVersion, finalizers, isDeleting, spec, status };
}
