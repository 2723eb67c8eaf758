// What follows `npm run test:cluster -- chaos`.

import { parseArgs } from 'node:util';

export type Asked =
  | { readonly kind: 'run'; readonly seed: number; readonly steps: number; readonly isOnlyTold: boolean }
  | { readonly kind: 'help' }
  /** Each with the flag, what is wanted, and what was given. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** As many as each submission runs. */
export const STEPS = 100;
const STORY_LENGTH_MAX = 10_000;

export const SEED = 1;
const SEED_MAX = 2 ** 32 - 1;

export const USAGE = `usage: npm run test:cluster -- chaos [--steps N] [--seed S] [--tell]
  --steps N   how many steps, 1 to ${STORY_LENGTH_MAX}; ${STEPS} without it
  --seed S    which story, 0 to ${SEED_MAX}; ${SEED} without it. The same seed draws the same steps
  --tell      only says what would be done
  --help      this
Ctrl-C undoes what is broken, deletes what was made and ends.
`;

/** All problems at once. */
export function parseFlags(words: readonly string[]): Asked {
  const options = {
    steps: { type: 'string' },
    seed: { type: 'string' },
    tell: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  // Not strict: it would tell the first problem only.
  const { values, positionals } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
  });
  if (values['help'] === true) return { kind: 'help' };
  const known = new Set(Object.keys(options));
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  const steps = wholeNumber(values['steps'] ?? String(STEPS), 1, STORY_LENGTH_MAX);
  const seed = wholeNumber(values['seed'] ?? String(SEED), 0, SEED_MAX);
  const problems = [
    ...unknown.map((name) => `--${name}: want one of --steps, --seed, --tell, --help`),
    ...positionals.map((word) => `${word}: want only flags after chaos`),
    ...(typeof steps === 'string' ? [`--steps: ${steps}`] : []),
    ...(typeof seed === 'string' ? [`--seed: ${seed}`] : []),
  ];
  if (problems.length > 0 || typeof steps === 'string' || typeof seed === 'string') {
    return { kind: 'wrong', problems };
  }
  return { kind: 'run', seed, steps, isOnlyTold: values['tell'] === true };
}

/** The number, or what is wanted in its place. */
function wholeNumber(given: string | boolean, min: number, max: number): number | string {
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (number >= min && number <= max) return number;
  return `want a whole number from ${min} to ${max}, got ${typeof given === 'string' ? `"${given}"` : 'nothing'}`;
}
