// The command line of the benchmark.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Plan } from './compare.ts';
import { LOGS } from './messages.ts';

export type Options = { readonly plans: readonly Plan[]; readonly json: boolean };

const USAGE = `usage: npm run bench -- [options]
  --targets N,M   how many targets (100,1000)
  --turns N       at most so many turns of each way (200 with 100 targets, fewer with more)
  --log WHO       ${LOGS.join(', ')}: who writes a log (coordinator)
  --profile DIR   write a processor profile of each process there
  --json          figures as JSON
`;

const TARGETS_MAX = 5_000;
const TURNS_MAX = 10_000;

/** Targets asked in all the measured turns of one way, so that a comparison takes half a minute. */
const TARGETS_TURNED = 80_000;
const TURNS_BY_DEFAULT_MAX = 400;

/** Turns before the measured ones: by then the compiler has seen everything often enough. */
const WARM_UP_PART = 0.25;

/** No measured turn begins after this long, in milliseconds. */
const LIMIT_MS = 50_000;

/** The options, or the words with which the program ends. */
export function parseOptions(args: readonly string[]): Options | { readonly words: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        targets: { type: 'string', default: '100,1000' },
        turns: { type: 'string' },
        log: { type: 'string', default: 'coordinator' },
        profile: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
      },
    });
    const log = LOGS.find((each) => each === values.log);
    if (log === undefined) return { words: `--log: want one of ${LOGS.join(', ')}\n${USAGE}` };
    const turns = values.turns === undefined ? undefined : within('--turns', values.turns, TURNS_MAX);
    const counts = values.targets.split(',').map((text) => within('--targets', text, TARGETS_MAX));
    return {
      json: values.json,
      plans: counts.map((targets) => planOf(targets, { turns, log, profiles: values.profile })),
    };
  } catch (error) {
    return { words: `${error instanceof Error ? error.message : String(error)}\n${USAGE}` };
  }
}

type Given = { readonly turns: number | undefined } & Pick<Plan, 'log' | 'profiles'>;

function planOf(targets: number, { turns: given, log, profiles }: Given): Plan {
  const turns = given ?? Math.max(1, Math.min(TURNS_BY_DEFAULT_MAX, Math.round(TARGETS_TURNED / targets)));
  const warmUpTurns = Math.ceil(turns * WARM_UP_PART);
  // One core is the client's; a host on each of the others would in truth be as many as there are targets.
  const hosts = Math.max(1, availableParallelism() - 1);
  return { targets, hosts, warmUpTurns, turns, limitMs: LIMIT_MS, log, profiles };
}

function within(flag: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new Error(`${flag}: want an integer in 1..${max}, got ${JSON.stringify(text)}`);
}
