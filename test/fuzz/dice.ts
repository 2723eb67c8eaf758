// The dice of one case: everything that is drawn comes from its number, so that it can be drawn again.

import { createRandom } from '../sim/random.ts';

export type Dice = {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** True in that share of all throws. */
  chance(share: number): boolean;
  /** One of them. */
  pick<T>(from: readonly T[]): T;
};

export function diceOf(seed: number): Dice {
  const random = createRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  return {
    below,
    chance: (share) => random() < share,
    pick: (from) => {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
  };
}
