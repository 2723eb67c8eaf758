// Names and ordinals.

import type { Group, OrdinalRange, Wave } from './model/operation.ts';
import type { Incarnation, Partition, Target } from './model/partition.ts';

/** `readout-3`. */
export function targetName(segment: string, ordinal: number): Target {
  return `${segment}-${ordinal}` as Target;
}

/** All targets of a partition, segment by segment. */
export function targetsOfPartition({ segments }: Partition): readonly Target[] {
  return segments.flatMap(({ name, members }) =>
    Array.from({ length: members }, (_, ordinal) => targetName(name, ordinal)),
  );
}

/** The pod that this life belongs to: two lives of one pod share it, a replacement under the same name does not. */
export function podOf(incarnation: Incarnation | ''): string {
  const dot = incarnation.indexOf('.');
  return dot === -1 ? '' : incarnation.slice(0, dot);
}

/** True when `now` proves that `named` has ended: another life, told by the same pod. */
export function replacedInPod(named: Incarnation, now: Incarnation | ''): boolean {
  return now !== '' && now !== named && podOf(now) !== '' && podOf(now) === podOf(named);
}

/** Ascending ordinals as ranges. */
export function rangesOf(ordinals: readonly number[]): readonly OrdinalRange[] {
  const ranges: [number, number][] = [];
  for (const ordinal of ordinals) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === ordinal - 1) last[1] = ordinal;
    else ranges.push([ordinal, ordinal]);
  }
  return ranges;
}

/** Every ordinal of the ranges. */
export function* ordinalsOf(ranges: readonly OrdinalRange[]): Generator<number> {
  for (const [first, last] of ranges) {
    for (let ordinal = first; ordinal <= last; ordinal++) yield ordinal;
  }
}

/** Every target of a wave with its group. */
export function* targetsOf(
  wave: Wave,
): Generator<{ readonly target: Target; readonly ordinal: number; readonly group: Group }> {
  for (const group of wave) {
    for (const ordinal of ordinalsOf(group.ordinals)) {
      yield { target: targetName(group.segment, ordinal), ordinal, group };
    }
  }
}
