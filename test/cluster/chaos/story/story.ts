// A story of chaos: what is broken and what is asked for, drawn from a seed and from nothing else.

import { createRandom } from '../../../sim/random.ts';
import type { Act } from './acts.ts';
import { type Chance, type Drawn, drawCommand, GROUPS, type Place, TROUBLES } from './draw.ts';
import { after, atStep, CALM, type Model, mayBegin, TROUBLES_MAX } from './model.ts';

export type Step = {
  /** From 1. */
  readonly number: number;
  readonly act: Act;
  /** It is over, or undone, before the step with this number begins; its own number when it is over at once. */
  readonly until: number;
  /** How long nothing else is done after it, in milliseconds. */
  readonly waitMs: number;
};

/** Beside it a step takes half a second, on two cores. */
const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 5_000;

/** So often a trouble is drawn anew that may not begin now. */
const DRAWS_MAX = 8;

/** The steps of a seed. The first of many are the same as when only few are asked for. */
export function storyOf(seed: number, steps: number, place: Place): readonly Step[] {
  const chance = chanceOf(createRandom(seed));
  let model = CALM;
  return Array.from({ length: steps }, (_, at): Step => {
    const number = at + 1;
    model = atStep(model, number);
    const { act, lasts } = drawAct(chance, model, place);
    model = after(model, act, { number, lasts });
    return { number, act, until: number + lasts, waitMs: chance.between(WAIT_MS_MIN, WAIT_MS_MAX) };
  });
}

function drawAct(chance: Chance, model: Model, place: Place): Drawn {
  switch (chance.oneOf(GROUPS)) {
    case 'trouble':
      return drawTrouble(chance, model, place) ?? drawAllowed(chance, model, place);
    case 'command':
      return drawAllowed(chance, model, place);
    case 'quiet':
      return QUIET;
  }
}

const QUIET: Drawn = { act: { kind: 'quiet' }, lasts: 0 };

/** Undefined when no more may be broken, or nothing of what was drawn. */
function drawTrouble(chance: Chance, model: Model, place: Place): Drawn | undefined {
  if (model.standing.length >= TROUBLES_MAX) return undefined;
  for (let draws = 0; draws < DRAWS_MAX; draws += 1) {
    const { lasts, draw } = chance.oneOf(WEIGHTED);
    const act = draw(chance, place);
    if (mayBegin(model, act)) return { act, lasts: chance.between(...lasts) };
  }
  return undefined;
}

/** Each kind as often as its weight says. */
const WEIGHTED = weighted();

function weighted() {
  const [first, ...rest] = Object.values(TROUBLES).flatMap((kind) =>
    Array.from({ length: kind.weight }, () => kind),
  );
  if (first === undefined) throw new Error('there are kinds of trouble');
  return [first, ...rest] as const;
}

function drawAllowed(chance: Chance, model: Model, place: Place): Drawn {
  const act = drawCommand(chance, model, place);
  return mayBegin(model, act) ? { act, lasts: 0 } : QUIET;
}

function chanceOf(random: () => number): Chance {
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    oneOf: (choices) => choices[below(choices.length)] ?? choices[0],
    between: (from, to) => from + below(to - from + 1),
  };
}
