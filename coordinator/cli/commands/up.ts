import { join, relative, resolve } from 'node:path';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { listenProblem } from '../../../protos/listen.ts';
import { HOW_BEYOND } from '../../config/options.ts';
import { withPods } from '../../up/overlay.ts';
import { startPartition, type UpPartition } from '../../up/partition.ts';
import type { Pod } from '../../up/pod.ts';
import type { UpOptions } from '../../up/setting.ts';
import type { LogLevel } from '../../up/sidecar.ts';
import { UP_DIRECTORY } from '../address.ts';
import { connect } from '../client.ts';
import { type Context, isLive, view } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { follow } from '../follow.ts';
import { live } from '../live.ts';
import type { Picture } from '../picture.ts';
import { count } from '../show/operation.ts';
import { statusLines } from '../show/status.ts';
import { cut } from '../show/table.ts';
import { clockTime } from '../show/time.ts';
import { print } from '../world.ts';
import { breakLine, changeLine } from './watch.ts';

/** Events that stay on the screen below the live table. */
const EVENTS_SHOWN = 5;

/** How long what was killed may take to be gone, in milliseconds. */
const KILL_MS_MAX = 2_000;

export type UpFlags = {
  readonly file: string;
  readonly directory?: string;
  readonly keep?: true;
  readonly listen?: string;
  readonly insecureListen?: true;
  readonly log: LogLevel;
};

/** `baton up`: until Ctrl-C, which stops everything in order; a second one kills what is left. */
export async function up(
  context: Context,
  flags: UpFlags & Pick<UpOptions, 'programs' | 'environment'>,
): Promise<ExitCode> {
  const { world, options } = context;
  const tls = options.tls === undefined ? undefined : resolve(world.directory, options.tls);
  const isAllowed = flags.insecureListen === true || tls !== undefined;
  const problem = flags.listen && listenProblem('--listen', flags.listen, isAllowed, HOW_BEYOND);
  if (problem) throw new RunControlError('MALFORMED', 'will not listen there', { problems: [problem] });
  const interrupts = countInterrupts(context);
  const board = openBoard(context);
  try {
    const directory = resolve(world.directory, flags.directory ?? UP_DIRECTORY);
    const partition = await startPartition({
      ...(world.programs === undefined ? {} : { programs: world.programs }),
      ...flags,
      document: flags.file,
      directory,
      keep: flags.keep === true,
      insecureListen: flags.insecureListen === true,
      tls,
      tell: board.tell,
      signal: interrupts.signal,
    });
    return await attend(context, partition, { interrupts, board, directory });
  } catch (error) {
    if (!(error instanceof RunControlError && error.code === 'STOPPING')) throw error;
    print(world.err, ['stopped before it had started; nothing runs']);
    return EXIT.interrupted;
  } finally {
    board.close();
    interrupts.release();
  }
}

type Interrupts = {
  readonly signal: AbortSignal;
  readonly first: Promise<void>;
  readonly second: Promise<void>;
  readonly release: () => void;
};

type Attention = {
  readonly interrupts: Interrupts;
  readonly board: Board;
  readonly directory: string;
};

async function attend(context: Context, partition: UpPartition, attention: Attention): Promise<ExitCode> {
  const { interrupts, board, directory } = attention;
  const watching = new AbortController();
  const watched = watchPartition(context, partition, { board, signal: watching.signal });
  board.hint(hintWords(context, partition, directory));
  partition.ready.then(
    () => board.tell(`${partition.name} is up: ${count(partition.pods.length, 'target')} attached`),
    () => undefined,
  );
  await interrupts.first;
  board.tell(`${partition.name} stops in order; Ctrl-C again kills everything`);
  const stopped = await Promise.race([partition.stop(), interrupts.second]);
  watching.abort();
  await watched;
  board.close();
  if (stopped === undefined) {
    const killed = partition.kill();
    // What was killed is gone in a moment; what is not must not keep a person waiting.
    await Promise.race([partition.stop(), context.world.sleep(KILL_MS_MAX, new AbortController().signal)]);
    print(context.world.err, [`killed, not stopped: ${killed.join(', ') || 'nothing was running'}`]);
    return EXIT.interrupted;
  }
  if (stopped.length === 0) {
    print(context.world.out, [`${partition.name} has ended in order`]);
    return EXIT.done;
  }
  print(context.world.err, [
    `${partition.name} has ended, ${count(stopped.length, 'target')} uncleanly:`,
    ...stopped.map(({ target, why }) => `  ${target}: ${why}`),
    `next: see ${relative(context.world.directory, join(directory, 'logs'))}`,
  ]);
  return EXIT.failed;
}

/** Shows the coordinator's picture on the board until the signal aborts; a silent coordinator is waited for. */
async function watchPartition(
  context: Context,
  partition: UpPartition,
  { board, signal }: { readonly board: Board; readonly signal: AbortSignal },
): Promise<void> {
  const { world } = context;
  using connection = connect(partition.address, context.options.timeoutMs, {
    dialling: partition.dialling(),
  });
  for await (const each of follow(connection, { world, signal, silenceMsMax: Number.POSITIVE_INFINITY })) {
    const { pods } = partition;
    if (each.kind === 'lost') {
      // When all pods have ended the coordinator follows.
      if (pods.some((pod) => pod.lifecycle !== 'ended')) board.tell(each.cause);
      continue;
    }
    if (each.kind === 'led') {
      board.tell(breakLine(each));
      continue;
    }
    board.show(withPods(each.picture, pods));
    const { snapshot, target } = each.response;
    const isOver = (pod: Pod) => pod.lifecycle === 'ending' || pod.lifecycle === 'ended';
    const hasEnded = pods.some((pod) => isOver(pod) && pod.target === target?.target);
    const line = snapshot || hasEnded ? undefined : changeLine(each);
    if (line !== undefined) board.change(line);
  }
}

/** What is shown while it runs: a table with the last events on a terminal, else one line for each event. */
type Board = {
  readonly tell: (words: string) => void;
  /** As `tell`, for what the table shows anyhow. */
  readonly change: (words: string) => void;
  readonly show: (picture: Picture) => void;
  readonly hint: (lines: readonly string[]) => void;
  readonly close: () => void;
};

function openBoard(context: Context): Board {
  return isLive(context, context.world.out) ? liveBoard(context) : plainBoard(context);
}

function plainBoard({ world }: Context): Board {
  const tell = (words: string) => print(world.out, [`${clockTime(world.wallMs()).slice(11)} ${words}`]);
  return {
    tell,
    change: tell,
    show: () => {},
    hint: (lines) => print(world.out, lines),
    close: () => {},
  };
}

function liveBoard(context: Context): Board {
  const { world } = context;
  const events: string[] = [];
  let picture: Picture | undefined;
  let hints: readonly string[] = [];
  let closed = false;
  const drawing = live(world.out, () => {
    const shown = view(context, world.out);
    const below = ['', ...events, ...hints].map((line) => shown.paint('quiet', cut(line, shown.width)));
    if (picture === undefined) return below;
    const times = { nowMs: world.nowMs(), wallMs: world.wallMs(), wide: false };
    const height = shown.height === undefined ? {} : { height: shown.height - below.length };
    return [...statusLines(picture, times, { ...shown, ...height }), ...below];
  });
  return {
    tell: (words) => {
      events.push(`${clockTime(world.wallMs()).slice(11)} ${words}`);
      if (events.length > EVENTS_SHOWN) events.shift();
      drawing.changed();
    },
    change: () => {},
    show: (present) => {
      picture = present;
      drawing.changed();
    },
    hint: (lines) => {
      hints = lines;
    },
    close: () => {
      if (!closed) drawing[Symbol.dispose]();
      closed = true;
    },
  };
}

function hintWords(
  { world, options }: Context,
  partition: UpPartition,
  directory: string,
): readonly string[] {
  const isFound = directory === join(world.directory, UP_DIRECTORY);
  const tls = options.tls === undefined ? '' : ' --tls YOUR-CREDENTIALS';
  const baton = `baton${isFound ? '' : ` --address ${partition.address}`}${tls}`;
  const [sequence] = partition.document.machine.sequences;
  const name = sequence?.name ?? partition.document.machine.transitions[0]?.name ?? 'NAME';
  return [
    `coordinator at ${partition.address}, logs in ${relative(world.directory, join(directory, 'logs'))}; Ctrl-C stops in order`,
    `in another terminal: ${baton} send ${name} · ${baton} watch · ${baton} status`,
  ];
}

function countInterrupts({ world }: Context): Interrupts {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const starting = new AbortController();
  let heard = 0;
  const release = world.onInterrupt(() => {
    heard += 1;
    starting.abort();
    if (heard === 1) first.resolve();
    else second.resolve();
  });
  return { signal: starting.signal, first: first.promise, second: second.promise, release };
}
