// What a coordinator tells of something long, through broken connections: asked again, it goes on.

import { RunControlError } from '../../protos/failure/trouble.ts';
import type { ProgressKind__Output } from '../../protos/generated/baton/v1/ProgressKind.ts';
import type { Connection } from './client.ts';
import { isPassing } from './peers.ts';
import type { Opening } from './streams.ts';
import type { World } from './world.ts';

/** First and longest wait before it is asked again, in milliseconds. */
const AGAIN_MS_MIN = 250;
const AGAIN_MS_MAX = 2_000;

export type Told = { readonly kind: ProgressKind__Output; readonly sentence: string };

export type Listening = {
  readonly world: Pick<World, 'nowMs' | 'sleep'>;
  readonly signal: AbortSignal;
  /** Gives up when no coordinator answered for this long, in milliseconds. */
  readonly silenceMsMax: number;
  /** A plan has no end but its last line. */
  readonly dryRun: boolean;
  /** The command that asks once more, for people. */
  readonly again: string;
  readonly hear: (kind: ProgressKind__Output, sentence: string) => void;
  /** The connection broke; it is tried again. Told once for each break. */
  readonly lost: (cause: string) => void;
};

/**
 * Hears all until it is done, or the signal aborts. Throws RunControlError: what the coordinator refuses, or
 * UNREACHABLE when nobody answered for too long; what was begun is then for whoever leads next to be asked again.
 */
export async function toldUntilDone(
  connection: Pick<Connection, 'tell'>,
  opening: Opening<Told>,
  listening: Listening,
): Promise<void> {
  const { world, signal, silenceMsMax, lost } = listening;
  let heardMs = world.nowMs();
  let againMs = AGAIN_MS_MIN;
  while (!signal.aborted) {
    const progress = { isHeard: false, isDone: listening.dryRun };
    try {
      for await (const { kind, sentence } of connection.tell(opening, signal)) {
        progress.isHeard = true;
        if (kind === 'PROGRESS_KIND_DONE') progress.isDone = true;
        listening.hear(kind, sentence);
      }
      if (progress.isDone || signal.aborted) return;
      throw new RunControlError('UNREACHABLE', 'the coordinator ended before it was done');
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (progress.isHeard) {
        heardMs = world.nowMs();
        againMs = AGAIN_MS_MIN;
      }
      if (world.nowMs() - heardMs > silenceMsMax) throw unsure(error, listening);
      if (againMs === AGAIN_MS_MIN) lost(error.message);
    }
    await world.sleep(againMs, signal);
    againMs = Math.min(againMs * 2, AGAIN_MS_MAX);
  }
}

function unsure(cause: RunControlError, { again }: Listening): RunControlError {
  const sentence = `${cause.message}\nnow: what was begun may have been done in part; look with: baton status; go on with: ${again}`;
  return new RunControlError(cause.code, sentence, { cause });
}
