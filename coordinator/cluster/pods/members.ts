// How many members each segment has: what its StatefulSet says, and whoever is still there. Pure.

import type { Partition } from '../../core/model/partition.ts';
import { TARGETS_MAX } from '../../document/limits.ts';
import { PARTITION_LABEL, SEGMENT_LABEL } from '../names.ts';
import type { Pod } from '../resources/pod.ts';
import type { StatefulSet } from '../resources/statefulSet.ts';
import type { SegmentPods } from './claims.ts';

/** Something about the StatefulSets of a partition that keeps targets from being commanded. */
export type SetTrouble = { readonly segment: string; readonly sentence: string };

export type Sets = ReadonlyMap<string, StatefulSet>;

/** What is wrong with the StatefulSets of `partition`; `sets` by name, those of its namespace. */
export function setTroubles(
  partition: string,
  segments: readonly SegmentPods[],
  sets: Sets,
): readonly SetTrouble[] {
  return segments.flatMap(({ segment, statefulSet }) => {
    const sentence = setTrouble(partition, { segment, statefulSet }, sets.get(statefulSet));
    return sentence === undefined ? [] : [{ segment, sentence }];
  });
}

function setTrouble(
  partition: string,
  { segment, statefulSet }: SegmentPods,
  set: StatefulSet | undefined,
): string | undefined {
  const name = `StatefulSet ${statefulSet} of segment ${segment}`;
  if (set === undefined) {
    return `${name} does not exist, or has no label ${PARTITION_LABEL}: install it, or name the right one`;
  }
  const { podPartition, podSegment, ordinalsStart } = set;
  const want = `${PARTITION_LABEL}=${partition} and ${SEGMENT_LABEL}=${segment}`;
  if (podPartition === '' || podSegment === '')
    return `${name} makes pods that nobody can select: label them ${want}`;
  if (podPartition !== partition)
    return `${name} makes pods of partition ${podPartition}: label them ${want}`;
  if (podSegment !== segment) return `${name} makes pods of segment ${podSegment}: label them ${want}`;
  if (ordinalsStart !== 0) return `${name} counts its pods from ${ordinalsStart}: ordinals.start must be 0`;
  return undefined;
}

/**
 * `partition`, whose document says how many members there were to be at first, with those that there are: the
 * replicas of the StatefulSet, or the highest ordinal that still has a pod. A pod that a scale-down removes stays
 * a target until it is gone.
 */
export function withMembers(
  partition: Partition,
  segments: readonly SegmentPods[],
  { sets, pods }: { readonly sets: Sets; readonly pods: Iterable<Pod> },
): Partition {
  const present = [...pods];
  return {
    ...partition,
    segments: partition.segments.map((segment) => {
      const { name, members: first, minMembers } = segment;
      const set = sets.get(segments.find((each) => each.segment === name)?.statefulSet ?? '');
      const highest = Math.max(
        -1,
        ...present.filter((pod) => pod.segment === name).map(({ ordinal }) => ordinal ?? -1),
      );
      const members = Math.min(TARGETS_MAX, Math.max(set?.replicas ?? first, highest + 1));
      // Where all of them were needed, all are needed still.
      return {
        ...segment,
        members,
        minMembers: minMembers >= first ? members : Math.min(minMembers, members),
      };
    }),
  };
}
