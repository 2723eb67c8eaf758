// How many replicas a StatefulSet gets at first. A chart leaves the number out, so that nobody owns it and helm
// does not fight with `baton scale`; the API server then says 1. Pure.
//
// Who owns the number does not tell whether somebody has said it: what is changed through the scale subresource
// has no owner when it had none before (seen with 1.36.3). The generation does: it grows with each change of the
// spec, ours too.

import type { PartitionDocument } from '../../document/document.ts';
import type { SegmentPods } from '../pods/claims.ts';
import type { Sets } from '../pods/members.ts';

export type FirstSize = { readonly statefulSet: string; readonly replicas: number };

/**
 * The StatefulSets that are as they were created and whose number nobody owns, with the members of their segments.
 * Once somebody has scaled one, this coordinator by doing so or an operator, it is left alone.
 */
export function firstSizes(
  { segments }: PartitionDocument,
  pods: readonly SegmentPods[],
  sets: Sets,
): readonly FirstSize[] {
  return segments.flatMap(({ name, members }) => {
    const set = sets.get(pods.find(({ segment }) => segment === name)?.statefulSet ?? '');
    const isNew = set?.generation === 1 && !set.isDeleting && set.replicasOwners.length === 0;
    return isNew && set.replicas !== members ? [{ statefulSet: set.name, replicas: members }] : [];
  });
}
