// `baton scale` and `baton rollout`: the coordinator does it step by step, as long as somebody listens.

import { unreachable } from '../../../protos/failure/invariant.ts';
import type { ProgressKind__Output } from '../../../protos/generated/baton/v1/ProgressKind.ts';
import { type Context, dial, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type Told, toldUntilDone } from '../progress.ts';
import type { Opening } from '../streams.ts';
import { print } from '../world.ts';
import { operatorOf } from './send.ts';

export type Rollout = { readonly segment: string; readonly dryRun: boolean };

export type Scale = Rollout & { readonly members: number };

/** `baton scale SEGMENT N [--dry-run]`. */
export async function scale(context: Context, { segment, members, dryRun }: Scale): Promise<ExitCode> {
  const request = { segment, members, dryRun, operator: operatorOf(context.world) };
  return change(context, {
    dryRun,
    again: `baton scale ${segment} ${members}`,
    result: { segment, members },
    opening: (partition) => (stub) => stub.scale({ ...request, partition }),
  });
}

/** `baton rollout SEGMENT [--dry-run]`. */
export async function rollout(context: Context, { segment, dryRun }: Rollout): Promise<ExitCode> {
  const request = { segment, dryRun, operator: operatorOf(context.world) };
  return change(context, {
    dryRun,
    again: `baton rollout ${segment}`,
    result: { segment },
    opening: (partition) => (stub) => stub.rollout({ ...request, partition }),
  });
}

type Change = {
  readonly dryRun: boolean;
  /** The words that ask for it once more. */
  readonly again: string;
  /** What the result as data begins with. */
  readonly result: object;
  readonly opening: (partition: string) => Opening<Told>;
};

async function change(context: Context, { dryRun, again, result, opening }: Change): Promise<ExitCode> {
  const { world, options } = context;
  const stopping = new AbortController();
  const release = world.onInterrupt(() => stopping.abort());
  const said: Record<ProgressKind__Output, string[]> = emptyPage();
  try {
    using connection = await dial(context);
    await toldUntilDone(connection, opening(connection.partition), {
      world,
      signal: stopping.signal,
      silenceMsMax: options.timeoutMs,
      dryRun,
      again,
      hear: (kind, sentence) => {
        said[kind].push(sentence);
        if (kind !== 'PROGRESS_KIND_DONE' && !dryRun) print(world.err, [lineOf(kind, sentence)]);
      },
      lost: (cause) => {
        // What is asked again is planned again, from what is true then.
        Object.assign(said, emptyPage());
        print(world.err, [`${cause}; asked again, it goes on from what is true then`]);
      },
    });
    if (stopping.signal.aborted) {
      print(world.err, goodbye(again, dryRun));
      return EXIT.interrupted;
    }
    const { PROGRESS_KIND_PLAN: plan, PROGRESS_KIND_STEP: steps, PROGRESS_KIND_DONE: done } = said;
    await give(context, { ...result, dryRun, plan, steps, done: done.at(-1) ?? null }, () =>
      dryRun ? [...plan, `next: ${again}`] : [...done, 'next: baton status'],
    );
    return EXIT.done;
  } finally {
    release();
  }
}

function emptyPage(): Record<ProgressKind__Output, string[]> {
  return {
    PROGRESS_KIND_UNSPECIFIED: [],
    PROGRESS_KIND_PLAN: [],
    PROGRESS_KIND_STEP: [],
    PROGRESS_KIND_DONE: [],
  };
}

function lineOf(kind: ProgressKind__Output, sentence: string): string {
  switch (kind) {
    case 'PROGRESS_KIND_PLAN':
      return `plan: ${sentence}`;
    case 'PROGRESS_KIND_STEP':
    case 'PROGRESS_KIND_DONE':
    case 'PROGRESS_KIND_UNSPECIFIED':
      return sentence;
    default:
      return unreachable(kind);
  }
}

function goodbye(again: string, dryRun: boolean): readonly string[] {
  if (dryRun) return ['interrupted; nothing was done'];
  return [
    'interrupted; what the coordinator is doing it brings to its end, and begins nothing more',
    `next: baton status; to go on: ${again}`,
  ];
}
