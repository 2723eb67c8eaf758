// How many replicas a StatefulSet gets at first. A chart leaves the number out, so that nobody owns it and helm
// does not fight with `baton scale`; the API server then says 1. Pure.

import type { PartitionDocument } from '../../document/document.ts';
import type { SegmentPods } from '../pods/claims.ts';
import type { Sets } from '../pods/members.ts';

export type FirstSize = { readonly statefulSet: string; readonly replicas: number };

/**
 * The StatefulSets whose number nobody has said, with the members of their segments. Once somebody has, this
 * coordinator by doing so or an operator, the number is theirs.
 */
export function firstSizes(
  { segments }: PartitionDocument,
  pods: readonly SegmentPods[],
  sets: Sets,
): readonly FirstSize[] {
  return segments.flatMap(({ name, members }) => {
    const set = sets.get(pods.find(({ segment }) => segment === name)?.statefulSet ?? '');
    const isOpen = set !== undefined && !set.isDeleting && set.replicasOwners.length === 0;
    return isOpen && set.replicas !== members ? [{ statefulSet: set.name, replicas: members }] : [];
  });
}
