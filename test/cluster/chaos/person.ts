// An operator in a story of chaos: types what the story says, waits for a while, and goes on. What they are told must
// agree with what they were told before.

import { setTimeout as wait } from 'node:timers/promises';
import { unreachable } from '../../../protos/failure/invariant.ts';
import type { Said } from '../../e2e/person.ts';
import { type JudgedDaq, PARTITION } from '../judged.ts';
import { START_RUN } from '../runs.ts';
import { editTimeouts } from './document.ts';
import { goneForSure } from './gone.ts';
import type { FollowedJournal } from './journal.ts';
import { contradiction, otherThan, wordsOfSaid } from './said.ts';
import type { Command } from './story/acts.ts';

/** Longer nobody waits: then they press Ctrl-C, and what was accepted goes on. */
const PATIENCE_MS = 40_000;

/** What stands between a person and a run is mended so often, with that much between, in milliseconds. */
const MENDS_MAX = 6;
const PACE_MS = 1_500;

/** Commands that are waited for at once; more are not typed. */
const COMMANDS_MAX = 3;

type Tell = (words: string) => void;

export type Person = {
  /** Begins to do what the command says; `told` hears what comes of each line. */
  readonly ask: (number: number, command: Command, told: Tell) => void;
  /**
   * One thing towards where a run may begin: who is in error is recovered, who is gone for sure is declared gone, else
   * all go to configured. True when nothing of it is needed.
   */
  readonly mend: (id: string, told: Tell) => Promise<boolean>;
  /** Resolves once nothing is waited for any more. */
  readonly isDone: () => Promise<void>;
  /** What they were told and must not have been. */
  readonly wrong: readonly string[];
};

type Asked = { readonly id: string; readonly line: string; readonly said: Said };

/** What one person does, line by line. */
type Hands = {
  readonly say: (line: string) => Promise<Said>;
  /** Says a line that submits an operation under that id. */
  readonly submit: (id: string, line: string) => Promise<Said>;
  readonly latest: () => Asked | undefined;
  /** Commands that are waited for. */
  readonly going: Set<Promise<void>>;
  readonly wrong: string[];
};

/** A person who names their operations by `prefix` and the number of the step. */
export function openPerson(daq: JudgedDaq, journal: FollowedJournal, prefix: string): Person {
  const hands = handsOf(daq);
  const { going } = hands;
  const mend = (id: string, told: Tell) => mendOnce({ daq, journal, hands }, id, told);
  return {
    wrong: hands.wrong,
    mend,
    ask: (number, command, told) => {
      if (going.size >= COMMANDS_MAX) return told(`not typed: ${COMMANDS_MAX} commands are waited for`);
      const asking = obey({ daq, hands, mend }, { id: `${prefix}-${number}`, command }, told)
        // An API server that is away, or a picture that never came: said, and no promise.
        .catch((error: unknown) => told(`could not: ${String(error).split('\n')[0]}`))
        .finally(() => going.delete(asking));
      going.add(asking);
    },
    isDone: async () => {
      await Promise.all(going);
    },
  };
}

function handsOf(daq: JudgedDaq): Hands {
  const wrong: string[] = [];
  let latest: Asked | undefined;
  const say = async (line: string): Promise<Said> => {
    const running = daq.startBaton(line);
    const patience = setTimeout(running.interrupt, PATIENCE_MS);
    const said = await running.ended.finally(() => clearTimeout(patience));
    if (said.err.includes('a bug in baton')) wrong.push(`baton ${line} met a bug: ${said.err}`);
    return said;
  };
  return {
    say,
    submit: async (id, line) => {
      const said = await say(`${line} --operation-id ${id}`);
      latest = { id, line, said };
      return said;
    },
    latest: () => latest,
    going: new Set(),
    wrong,
  };
}

type Doing = { readonly daq: JudgedDaq; readonly hands: Hands; readonly mend: Person['mend'] };
type Asking = { readonly id: string; readonly command: Command };

async function obey({ daq, hands, mend }: Doing, { id, command }: Asking, told: Tell): Promise<void> {
  const { say, submit } = hands;
  switch (command.kind) {
    case 'say':
      return told(wordsOfSaid(await (command.submits ? submit(id, command.line) : say(command.line))));
    case 'begin':
      for (let tries = 1; tries <= MENDS_MAX && !(await mend(`${id}-${tries}`, told)); tries += 1) {
        await wait(PACE_MS);
      }
      return told(`start_run: ${wordsOfSaid(await submit(id, START_RUN))}`);
    case 'mend':
      await mend(id, told);
      return;
    case 'again':
      return told(await again(hands, command.other));
    case 'rollout':
      await changeTemplate(daq, command.segment);
      return told(wordsOfSaid(await say(`rollout ${command.segment}`)));
    case 'edit':
      await editTimeouts(daq.site, { [command.transition]: `${command.seconds}s` });
      return told('edited');
    default:
      return unreachable(command);
  }
}

async function again({ latest, say, wrong }: Hands, other: boolean): Promise<string> {
  const before = latest();
  if (before === undefined) return 'nothing was asked for yet';
  const { id, line, said } = before;
  const now = await say(`${other ? otherThan(line) : line} --operation-id ${id}`);
  const why = contradiction(said, now, other);
  if (why !== '') wrong.push(`P7 idempotent submit: ${line} was asked for again under ${id}: ${why}`);
  return wordsOfSaid(now);
}

/** A rollout needs something to roll out. */
async function changeTemplate({ site }: JudgedDaq, segment: string): Promise<void> {
  const template = { metadata: { annotations: { chaos: String(performance.now()) } } };
  const patch = `--patch=${JSON.stringify({ spec: { template } })}`;
  await site.kubectl('patch', `statefulset/${PARTITION}-${segment}`, '--type=merge', patch);
}

type Mending = { readonly daq: JudgedDaq; readonly journal: FollowedJournal; readonly hands: Hands };

async function mendOnce({ daq, journal, hands }: Mending, id: string, told: Tell): Promise<boolean> {
  const { partition, targets } = await daq.eye.until('it was seen once', () => true);
  const views = [...targets.values()].map(({ view }) => view);
  const isInError = views.some(({ inError }) => inError);
  if (!isInError && partition.state === 'running') return true;
  if (!isInError && views.every(({ state }) => state === 'configured')) return true;
  if (partition.operation?.status !== 'OPERATION_STATUS_OPEN') {
    for (const target of await goneForSure(daq, journal)) {
      told(`declare-gone ${target}: ${wordsOfSaid(await hands.say(`declare-gone ${target} --yes`))}`);
    }
  }
  const needsRecover = isInError || views.some(({ attached, state }) => attached && state === '');
  const line = needsRecover ? 'recover' : 'goto configured';
  told(`${line}: ${wordsOfSaid(await hands.submit(`${id}-${needsRecover ? 'r' : 'g'}`, line))}`);
  return false;
}
