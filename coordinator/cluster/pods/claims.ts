// Which pod is which target. A pod is one by its labels and by the StatefulSet that controls it: labels alone can
// be written by anybody, and a name says nothing. Pure.

import type { Target } from '../../core/model/partition.ts';
import { targetName } from '../../core/targets.ts';
import { ORDINAL_LABEL } from '../names.ts';
import { keyOf } from '../resources/metadata.ts';
import type { Pod } from '../resources/pod.ts';

/** A segment, and the StatefulSet that makes its pods. */
export type SegmentPods = { readonly segment: string; readonly statefulSet: string };

/** A pod that carries the partition's label and is none of its targets. */
export type Stray = { readonly pod: string; readonly sentence: string };

export type Claims = {
  readonly pods: ReadonlyMap<Target, Pod>;
  /** By name. */
  readonly strays: readonly Stray[];
};

/** The targets among `pods`, which all carry the partition's label. */
export function claimsOf(segments: readonly SegmentPods[], pods: Iterable<Pod>): Claims {
  const claimed = new Map<Target, Pod>();
  const strays: Stray[] = [];
  // The name decides nothing but the order in which strays are told.
  for (const pod of [...pods].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    const why = whyStray(segments, pod);
    // A StatefulSet gives each ordinal to one pod, so that no target is claimed twice.
    if (why === undefined) claimed.set(targetName(pod.segment, pod.ordinal ?? 0), pod);
    else strays.push({ pod: pod.name, sentence: `pod ${pod.name} is not commanded: ${why}` });
  }
  return { pods: claimed, strays };
}

function whyStray(segments: readonly SegmentPods[], pod: Pod): string | undefined {
  const segment = segments.find(({ segment: name }) => name === pod.segment);
  if (segment === undefined) {
    const label =
      pod.segment === '' ? 'no segment' : `segment ${pod.segment}, which the partition does not have`;
    return `its labels name ${label}`;
  }
  if (pod.statefulSet !== segment.statefulSet) {
    const owner = pod.statefulSet === '' ? 'no StatefulSet' : `StatefulSet ${pod.statefulSet}`;
    return `it belongs to ${owner}, and segment ${pod.segment} to StatefulSet ${segment.statefulSet}`;
  }
  return pod.ordinal === undefined ? `it has no label ${ORDINAL_LABEL}` : undefined;
}
