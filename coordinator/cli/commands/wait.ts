import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import { durationText } from '../../../protos/machine/duration.ts';
import type { Connection } from '../client.ts';
import { type Condition, checkStates, type Judgement, judge, parseConditions } from '../conditions.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type Followed, follow } from '../follow.ts';
import type { Picture } from '../picture.ts';
import { nowWords } from '../show/outcome.ts';
import { ended, findOperation, operationIn } from '../submit.ts';
import { print } from '../world.ts';
import { getMachine } from './send.ts';
import { breakLine } from './watch.ts';

/**
 * `baton wait --for …`: until all conditions hold at one moment, at most --timeout long. A coordinator that is not
 * there, or that starts anew, is waited for as well. Throws RunControlError: MALFORMED, UNKNOWN_ID for an
 * operation that nobody remembers, UNREACHABLE when the time is over and no coordinator answers.
 */
export async function wait(context: Context, texts: readonly string[]): Promise<ExitCode> {
  const { world, options } = context;
  const conditions = parseConditions(texts);
  const stopping = new AbortController();
  const { signal } = stopping;
  const interrupted = Promise.withResolvers<'interrupted'>();
  const release = world.onInterrupt(() => interrupted.resolve('interrupted'));
  const seen: Seen = { picture: undefined, judgement: { kind: 'open' }, lost: undefined };
  try {
    using connection = await dial(context);
    print(world.err, [`waiting for ${words(conditions)}, at most ${durationText(options.timeoutMs)}`]);
    // Whatever hangs, Ctrl-C and the end of the time do not wait for it.
    const end = await Promise.race([
      interrupted.promise,
      world.sleep(options.timeoutMs, signal).then(() => 'late' as const),
      watchUntil(connection, context, { conditions, signal, seen }),
    ]);
    return end === 'interrupted' ? EXIT.interrupted : await conclude(context, conditions, seen);
  } finally {
    stopping.abort();
    release();
  }
}

/** What was seen last, and what was judged of it. */
type Seen = {
  picture: Picture | undefined;
  judgement: Judgement;
  /** Why nobody can be asked; undefined while the picture holds. */
  lost: string | undefined;
};

type Waiting = {
  readonly conditions: readonly Condition[];
  readonly signal: AbortSignal;
  /** Filled in on the way, since the time may be over at any moment. */
  readonly seen: Seen;
};

async function watchUntil(connection: Connection, context: Context, waiting: Waiting): Promise<void> {
  const { world } = context;
  const { conditions, signal, seen } = waiting;
  const operations = operationFinder(connection);
  const silenceMsMax = Number.POSITIVE_INFINITY;
  for await (const each of follow(connection, { world, signal, silenceMsMax })) {
    if (each.kind !== 'change') {
      if (each.kind === 'lost') seen.lost = each.cause;
      print(world.err, [breakLine(each)]);
      continue;
    }
    if (seen.picture === undefined && conditions.some(({ kind }) => kind === 'state')) {
      checkStates(conditions, await getMachine(connection));
    }
    seen.picture = each.picture;
    seen.lost = undefined;
    const judgements: Judgement[] = [];
    for (const one of conditions) judgements.push(judge(one, each.picture, await operations(one, each)));
    seen.judgement = all(judgements);
    if (seen.judgement.kind !== 'open') return;
  }
}

type Change = Extract<Followed, { kind: 'change' }>;
type Finder = (condition: Condition, change: Change) => Promise<Operation__Output | undefined>;

/**
 * Finds the operation that a condition names. A picture tells of one operation only: when it is another one now,
 * or the stream was broken, ours may have ended unseen and is looked up.
 */
function operationFinder(connection: Connection): Finder {
  const lookedUp = new Map<string, string>();
  /** What has ended changes no more. */
  const over = new Map<string, Operation__Output>();
  return async (condition, { picture, response }) => {
    if (condition.kind !== 'operation' || condition.name === 'none') return undefined;
    const { name } = condition;
    const { operation } = picture.partition;
    if (String(operation?.number) === name) return operation ?? undefined;
    const known = operationIn(picture, name) ?? over.get(name);
    const beside = operation?.id ?? '';
    if (known !== undefined || (!response.snapshot && lookedUp.get(name) === beside)) return known;
    lookedUp.set(name, beside);
    const found = await findOperation(connection, name);
    if (found !== undefined) {
      if (ended(found) !== undefined) over.set(name, found);
      return found;
    }
    throw new RunControlError('UNKNOWN_ID', `the coordinator remembers no operation ${JSON.stringify(name)}`);
  };
}

/** Met when all are; never when one can be met no more. */
function all(judgements: readonly Judgement[]): Judgement {
  const never = judgements.find(({ kind }) => kind === 'never');
  return never ?? { kind: judgements.every(({ kind }) => kind === 'met') ? 'met' : 'open' };
}

async function conclude(
  context: Context,
  conditions: readonly Condition[],
  { picture, judgement, lost }: Seen,
): Promise<ExitCode> {
  const limit = durationText(context.options.timeoutMs);
  if (picture === undefined || lost !== undefined) {
    const cause = lost ?? 'the coordinator has told nothing yet';
    throw new RunControlError('UNREACHABLE', `${cause}; waited ${limit} for ${words(conditions)}`);
  }
  const targets = [...picture.targets.values()].map(({ view }) => view);
  const isMet = judgement.kind === 'met';
  await give(context, { ...picture.partition, targets }, () => (isMet ? [nowWords(picture)] : []));
  if (isMet) return EXIT.done;
  const why =
    judgement.kind === 'never' ? `will not be met: ${judgement.why}` : `was not met within ${limit}`;
  print(context.world.err, [
    `baton: ${words(conditions)} ${why}`,
    `now: ${nowWords(picture)}`,
    'next: baton status · baton operations',
  ]);
  return EXIT.failed;
}

function words(conditions: readonly Condition[]): string {
  return conditions.map(({ text }) => text).join(' and ');
}
