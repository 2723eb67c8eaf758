// A story of chaos on a judged DAQ: it is done step by step, everything is mended, and what happened is held to every
// promise.

import { setTimeout as wait } from 'node:timers/promises';
import { type JudgedDaq, openJudgedDaq, TARGETS } from '../judged.ts';
import { NODES } from '../nodes.ts';
import type { Provided } from '../provided.ts';
import type { Came } from './acts/ground.ts';
import { breakIt } from './acts/trouble.ts';
import { everythingEnds, mendAll, runsAgain } from './calm.ts';
import { TIMEOUTS } from './document.ts';
import { type FollowedJournal, followJournal } from './journal.ts';
import { openPerson, type Person } from './person.ts';
import type { Command } from './story/acts.ts';
import { wordsOf } from './story/acts.ts';
import { isTrouble, READOUTS } from './story/model.ts';
import { type Step, storyOf } from './story/story.ts';
import { openTeller, type Teller } from './teller.ts';
import { judgeRuns } from './verdict.ts';

/** Comes when somebody scales past the coordinator. */
const LATER = [`readout-${READOUTS}`];

export type ChaosOptions = {
  readonly cluster: Provided;
  readonly seed: number;
  readonly steps: number;
  /** Aborted when whoever watches has seen enough. */
  readonly signal: AbortSignal;
  readonly write: (line: string) => void;
};

/** The story of a seed on the cluster's nodes. */
export function storyHere(seed: number, steps: number): readonly Step[] {
  const [first = '', ...others] = NODES.map(({ name }) => name);
  return storyOf(seed, steps, { targets: TARGETS, nodes: [first, ...others] });
}

/**
 * Does the whole story. Throws when a promise is broken, with the seed and the sentence; what was judged is kept beside
 * the dump of the namespace. When it is aborted everything is mended, and nothing is judged.
 */
export async function chaos(options: ChaosOptions): Promise<void> {
  const { cluster, seed, steps, signal } = options;
  const teller = openTeller(options.write);
  teller.tell(`seed ${seed}, ${steps} steps: coordinators and the miniature DAQ are started`);
  await using daq = await openJudgedDaq('chaos', { cluster, spec: { timeouts: TIMEOUTS }, later: LATER });
  await using journal = followJournal(daq.site);
  const person = openPerson(daq, journal, `seed${seed}`);
  try {
    await live(daq, { story: storyHere(seed, steps), signal, teller, person });
    if (signal.aborted) return;
    await holds({ daq, journal, person, teller });
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    daq.site.keep('story.txt', teller.text());
    daq.keepLogs();
    await letGo(daq);
    keepJournal(daq, await journal.trace().catch(String));
    throw new Error(`seed ${seed}, ${steps} steps: ${sentence}\nkept: ${daq.site.namespace}`, {
      cause: error,
    });
  }
}

type Lived = {
  readonly story: readonly Step[];
  readonly signal: AbortSignal;
  readonly teller: Teller;
  readonly person: Person;
};

type Undone = { readonly until: number; readonly words: string; readonly undo: () => Promise<void> };

/** Does step after step; whatever happens, all of it is mended in the end. */
async function live(daq: JudgedDaq, { story, signal, teller, person }: Lived): Promise<void> {
  let broken: readonly Undone[] = [];
  const mend = async (undone: readonly Undone[]) => {
    for (const { words, undo } of undone) {
      await undo();
      teller.tell(`      over: ${words}`);
    }
  };
  try {
    for (const { number, act, until, waitMs } of story) {
      if (signal.aborted) break;
      await mend(broken.filter((each) => each.until <= number));
      broken = broken.filter((each) => each.until > number);
      const words = `${String(number).padStart(4)}  ${wordsOf(act)}`;
      if (isTrouble(act)) {
        const came = await breakIt(daq, act).catch(couldNot);
        teller.tell(`${words}: ${came.words}`);
        if (came.undo !== undefined) broken = [...broken, { until, words: wordsOf(act), undo: came.undo }];
      } else if (act.kind === 'quiet') teller.tell(words);
      else ask(person, { number, act, words, teller });
      await wait(waitMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    teller.tell('all is mended');
    await Promise.allSettled(broken.map(({ undo }) => undo()));
    await mendAll(daq);
  }
}

/** What breaks things may itself meet what is broken. */
function couldNot(error: unknown): Came {
  return { words: `could not: ${String(error).split('\n')[0]}` };
}

type Asking = {
  readonly number: number;
  readonly act: Command;
  readonly words: string;
  readonly teller: Teller;
};

function ask(person: Person, { number, act, words, teller }: Asking): void {
  teller.tell(words);
  person.ask(number, act, (came) => teller.tell(`      of ${number}: ${came}`));
}

type Ended = {
  readonly daq: JudgedDaq;
  readonly journal: FollowedJournal;
  readonly person: Person;
  readonly teller: Teller;
};

/** Throws with every promise that is seen to be broken. */
async function holds({ daq, journal, person, teller }: Ended): Promise<void> {
  await everythingEnds(daq, person);
  teller.tell('every operation has ended');
  await runsAgain(daq, person, teller.tell);
  teller.tell('a run is clean again');
  const { lines, wrong } = await judgeRuns(daq);
  for (const line of lines) teller.tell(line);
  const history = await daq.judged(await journal.trace());
  const all = [...person.wrong, ...wrong];
  if (all.length > 0) throw new Error(all.join('\n'));
  teller.tell(`${lines.length} runs and ${history.length} events keep every promise`);
}

/** Who is in error keeps its pod for all of its grace, and nobody waits for that. */
async function letGo({ site }: JudgedDaq): Promise<void> {
  await site.kubectl('delete', 'pods', '--all', '--force', '--grace-period=0').catch(() => '');
}

function keepJournal({ site }: JudgedDaq, trace: unknown): void {
  site.keep('journal.json', JSON.stringify(trace, undefined, 1));
}
