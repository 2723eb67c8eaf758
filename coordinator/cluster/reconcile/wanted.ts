// What a Partition asks for, as this coordinator leads it: its document, with the members that its StatefulSets
// and pods come to.

import { isDeepStrictEqual } from 'node:util';
import { partitionOf } from '../../config/partition.ts';
import type { Partition } from '../../core/model/partition.ts';
import type { PartitionDocument } from '../../document/document.ts';
import { parseObject } from '../../document/parse.ts';
import { API_GROUP, API_VERSION } from '../names.ts';
import type { SegmentPods } from '../pods/claims.ts';
import { keyOf } from '../resources/metadata.ts';
import type { PartitionObject } from '../resources/partition.ts';

/** The document of a Partition, with the StatefulSets of its segments. */
export type Wanted = {
  readonly document: PartitionDocument;
  readonly segments: readonly SegmentPods[];
  /** As the document has it, before its members are counted. */
  readonly partition: Partition;
};

/** Throws RunControlError MALFORMED with all problems of the spec. */
export async function wantedOf(object: PartitionObject): Promise<Wanted> {
  const raw = {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'Partition',
    metadata: { name: object.name },
    spec: object.spec,
  };
  const document = await parseObject(raw, `partition ${keyOf(object)}`);
  return { document, segments: segmentsOf(document), partition: partitionOf(document) };
}

/** The StatefulSet of each segment: the one that it names, or the one that the chart makes. */
export function segmentsOf({ name, segments }: PartitionDocument): readonly SegmentPods[] {
  return segments.map(({ name: segment, statefulSet }) => ({
    segment,
    statefulSet: statefulSet ?? `${name}-${segment}`,
  }));
}

/** True when the core has nothing to learn from `next`. */
export function samePartition(before: Partition | undefined, next: Partition): boolean {
  return isDeepStrictEqual(before, next);
}
