// Targets that were heard and are not heard any more. One that is restarted is back within a second or two, and a
// cut cable takes many at once: so they are gathered for a while and told together.

import { podPhaseOf } from '../../core/fleet.ts';
import type { Target } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';

/** How long a silence is watched before it is told, in milliseconds. */
export const LOST_GATHER_MS = 3_000;

/** Who is in sight, and who has gone out of it and is not told yet, since when. Both are changed in place. */
export type Sight = { readonly heard: Set<Target>; readonly missed: Map<Target, number> };

/** A new leader has heard nobody yet, and so has lost nobody. */
export function newSight(): Sight {
  return { heard: new Set(), missed: new Map() };
}

/** Takes in what was just seen of `target`, at a moment of the monotonic clock. */
export function look({ heard, missed }: Sight, core: Core, target: Target, nowMs: number): void {
  const observation = core.fleet.get(target);
  if (observation?.connected === true) {
    heard.add(target);
    missed.delete(target);
    return;
  }
  if (!heard.delete(target) || observation === undefined) return;
  // Who was told to leave, or whose pod goes, is not lost.
  const phase = podPhaseOf(observation);
  const goes = observation.reported?.leaving === true || phase === 'deleting' || phase === 'ended';
  if (!goes) missed.set(target, nowMs);
}

/** When the next ones are due, on the monotonic clock; undefined: nobody is missed. */
export function lostDueMs({ missed }: Sight): number | undefined {
  const [first] = missed.values();
  return first === undefined ? undefined : first + LOST_GATHER_MS;
}

/** Everybody who is missed, if the first of them is due; they are not told again until they were heard again. */
export function takeLost(sight: Sight, nowMs: number): readonly Target[] {
  const due = lostDueMs(sight);
  if (due === undefined || due > nowMs) return [];
  const lost = [...sight.missed.keys()];
  sight.missed.clear();
  return lost;
}
