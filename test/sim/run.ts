import { InvariantViolation } from '../../protos/failure/invariant.ts';
import { PromiseBroken } from '../promises/history.ts';
import { calmTime } from './calm.ts';
import { PRODUCT, type Rules } from './rules.ts';
import { type Options, World } from './world.ts';

/** How long the time with faults lasts, in simulated milliseconds. */
const SAFETY_MS = 5_000;

export type Result = { readonly seed: number; readonly events: number; readonly broken: Error | undefined };

/** Runs one world. A broken promise or invariant is the result; any other error is a bug of the simulation. */
export function runSeed(
  seed: number,
  rules: Rules = PRODUCT,
  more: Pick<Options, 'trace' | 'sometimes'> = {},
): Result {
  const world = new World({ seed, rules, ...more });
  try {
    world.unkindTime(SAFETY_MS);
    calmTime(world);
  } catch (error) {
    if (!(error instanceof PromiseBroken) && !(error instanceof InvariantViolation)) throw error;
    return { seed, events: world.schedule.events, broken: error };
  }
  return { seed, events: world.schedule.events, broken: undefined };
}
