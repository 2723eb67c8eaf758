// npm run kills -- --seeds 3 --kills 200        random kills in real runs, spread over the seeds

import { parseArgs } from 'node:util';
import { PLAIN_VIEW, tableLines } from '../../../coordinator/cli/show/table.ts';
import { KILLS_OF_A_RUN, killInRuns } from './round.ts';
import { causes, type Outcome, TALLY_HEAD, tallyRows } from './tally.ts';

/** Runs of one partition: its journal must not grow so long that it forgets the beginning. */
const RUNS_OF_A_ROUND = 6;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    first: { type: 'string', default: '1' },
    kills: { type: 'string', default: '200' },
  },
});

const say = (line: string) => process.stdout.write(`${line}\n`);
const outcomes: Outcome[] = [];
let broken = 0;
const [seeds, first, kills] = [count('seeds'), count('first'), count('kills')];
const runsOfASeed = Math.ceil(kills / seeds / KILLS_OF_A_RUN);
for (let seed = first; seed < first + seeds; seed += 1) await killBySeed(seed);
for (const line of tableLines({ head: TALLY_HEAD, rows: tallyRows(outcomes) }, PLAIN_VIEW)) say(line);
for (const line of causes(outcomes)) say(`unclean: ${line}`);
say(`${outcomes.length} runs passed, ${broken} rounds failed`);
process.exitCode = broken === 0 ? 0 : 1;

/** All runs of one seed, some in each partition; a round in which a promise is broken ends there. */
async function killBySeed(seed: number): Promise<void> {
  for (let done = 0, round = 0; done < runsOfASeed; done += RUNS_OF_A_ROUND, round += 1) {
    const runs = Math.min(RUNS_OF_A_ROUND, runsOfASeed - done);
    const number = seed * 1_000 + round;
    try {
      await killInRuns({ seed: number, runs, tell: (outcome) => tell(number, outcome) });
    } catch (error) {
      broken += 1;
      say(`round ${number} failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
}

function tell(round: number, outcome: Outcome): void {
  outcomes.push(outcome);
  const { victim, run, clean, cause, readOut, missing } = outcome;
  const end = clean ? 'clean' : `unclean (${cause})`;
  say(`round ${round} run ${run}: ${victim} killed, ${readOut} read out, ${missing} missing, ${end}`);
}

/** A whole number from 1 on; nothing is run for anything else. */
function count(name: keyof typeof values): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  process.stderr.write(`--${name}: want a whole number from 1 on, got "${values[name]}"\n`);
  process.exit(2);
}
