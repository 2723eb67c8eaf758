import type { HistoryEvent } from '../promises/history.ts';

/**
 * Where in the course of operations something happens. Only compared within one millisecond, and then part
 * by part from the left.
 */
export type Place = readonly [number: number, step: number, wave: number, phase: number];

export type Happened = { readonly atMs: number; readonly place: Place; readonly event: HistoryEvent };

/** The order in which one wave goes on. */
export const PHASE = { asked: 0, begun: 1, ended: 2, judged: 3 } as const;

/** Of what belongs to no operation: before everything else of its millisecond. */
export const NOWHERE: Place = [0, 0, 0, 0];

/** By time, then by place. */
export function compareHappened(a: Happened, b: Happened): number {
  return a.atMs === b.atMs ? comparePlaces(a.place, b.place) : a.atMs - b.atMs;
}

/** Below zero when `a` comes first. */
export function comparePlaces(a: Place, b: Place): number {
  const differs = a.findIndex((part, index) => part !== b[index]);

  return differs === -1 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0);
}
