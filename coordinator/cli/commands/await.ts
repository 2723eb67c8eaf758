// Following one operation to its end, and the last words on it.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { Connection } from '../client.ts';
import { type Context, give, isLive, view } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type FollowOptions, follow } from '../follow.ts';
import { live } from '../live.ts';
import { isPassing } from '../peers.ts';
import type { Picture } from '../picture.ts';
import { operationChange } from '../show/change.ts';
import { outcomeLines } from '../show/outcome.ts';
import { progressLines } from '../show/progress.ts';
import { ended, findOperation, getPicture, operationIn } from '../submit.ts';
import { print } from '../world.ts';
import { breakLine } from './watch.ts';

/** Shows an operation as it goes on. */
export type Narrator = Disposable & {
  readonly tell: (operation: Operation__Output, picture: Picture) => void;
  readonly lost: (cause: string) => void;
  /** Somebody leads again. */
  readonly led: (words: string) => void;
};

/**
 * Follows an accepted operation until it has ended, through lost connections. Undefined when the signal
 * aborted first; throws RunControlError when no coordinator answers any more.
 */
export async function awaitEnd(
  connection: Connection,
  context: Context,
  options: { readonly accepted: Operation__Output; readonly signal: AbortSignal },
): Promise<Operation__Output | undefined> {
  const { accepted, signal } = options;
  const already = ended(accepted);
  if (already !== undefined) return already;
  const { world } = context;
  const silenceMsMax = context.options.timeoutMs;
  using narrator = narrate(context, accepted);
  try {
    return await followToEnd(connection, { world, signal, silenceMsMax }, { accepted, narrator });
  } catch (error) {
    if (!isPassing(error)) throw error;
    const sentence = `${error.message}\nnow: ${accepted.id} goes on; look with: baton operations ${accepted.id}`;
    throw new RunControlError(error.code, sentence, { cause: error });
  }
}

async function followToEnd(
  connection: Connection,
  options: FollowOptions,
  { accepted, narrator }: { readonly accepted: Operation__Output; readonly narrator: Narrator },
): Promise<Operation__Output | undefined> {
  for await (const each of follow(connection, options)) {
    if (each.kind === 'lost') {
      narrator.lost(each.cause);
      continue;
    }
    if (each.kind === 'led') {
      narrator.led(breakLine(each));
      continue;
    }
    const { picture, response } = each;
    // After a lost connection the picture may tell of a later operation: ours has ended meanwhile.
    const ours =
      operationIn(picture, accepted.id) ??
      (response.snapshot ? await findOperation(connection, accepted.id) : undefined);
    const end = ended(ours);
    if (end !== undefined) return end;
    if (ours !== undefined) narrator.tell(ours, picture);
  }
  return undefined;
}

/** The last words: what happened, what is true now, what to do next; and the exit code. */
export async function conclude(
  connection: Connection,
  context: Context,
  { operation, sequences }: { readonly operation: Operation__Output; readonly sequences: readonly string[] },
): Promise<ExitCode> {
  const picture = await getPicture(connection, context.world);
  await give(context, operation, (shown) => outcomeLines(operation, picture, sequences, shown));
  return operation.status === 'OPERATION_STATUS_SUCCEEDED' ? EXIT.done : EXIT.failed;
}

/** A narrator on standard error: two lines that replace themselves on a terminal, else one per wave. */
export function narrate(context: Context, accepted: Operation__Output): Narrator {
  return isLive(context, context.world.err)
    ? narrateLive(context, accepted)
    : narratePlainly(context, accepted);
}

function narrateLive(context: Context, accepted: Operation__Output): Narrator {
  const { world } = context;
  let operation = accepted;
  let targets: Picture['targets'] = new Map();
  let lost = '';
  let over = false;
  const drawing = live(world.err, () =>
    // The last words say it all: nothing of the progress stays on the screen.
    over ? [] : progressLines(operation, targets, { wallMs: world.wallMs(), lost }, view(context, world.err)),
  );
  return {
    tell: (present, picture) => {
      operation = present;
      targets = picture.targets;
      lost = '';
      drawing.changed();
    },
    lost: (cause) => {
      lost = cause;
      drawing.changed();
    },
    // What was lost goes on before the eyes of whoever looks at it.
    led: () => {},
    [Symbol.dispose]: () => {
      over = true;
      drawing[Symbol.dispose]();
    },
  };
}

function narratePlainly(context: Context, accepted: Operation__Output): Narrator {
  const { world } = context;
  let told = '';
  return {
    tell: (operation, picture) => {
      const at = `${operation.step}.${operation.wave}`;
      if (at === told) return;
      told = at;
      print(world.err, [operationChange(operation, picture.targets)]);
    },
    lost: (cause) => print(world.err, [`${cause}; ${accepted.id} goes on, trying again`]),
    led: (words) => print(world.err, [words]),
    [Symbol.dispose]: () => {},
  };
}
