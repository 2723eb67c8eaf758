import { performance } from 'node:perf_hooks';
import type { Instant } from './core/model/turn.ts';

/** Where time comes from. */
export type Clock = () => Instant;

/** The machine's own clocks: monotonic for durations, wall for the record. */
export const systemClock: Clock = () => ({ monotonicMs: performance.now(), wallMs: Date.now() });
