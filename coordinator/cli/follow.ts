// Watch that outlives a broken connection and a coordinator that starts anew.

import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';
import type { WatchResponse__Output } from '../../protos/generated/baton/v1/WatchResponse.ts';
import type { Connection } from './client.ts';
import { isPassing } from './peers.ts';
import { type Picture, withChange } from './picture.ts';
import type { World } from './world.ts';

/** First and longest wait before the next attempt, in milliseconds. */
const AGAIN_MS_MIN = 100;
const AGAIN_MS_MAX = 2_000;

export type Followed =
  | {
      readonly kind: 'change';
      readonly picture: Picture;
      readonly response: WatchResponse__Output;
      /** The target of the change as it was before. */
      readonly before: TargetView__Output | undefined;
    }
  /** The connection broke; it is tried again. Told once for each break. */
  | { readonly kind: 'lost'; readonly cause: string }
  /** Somebody leads again, since another epoch; its picture follows. */
  | { readonly kind: 'led'; readonly address: string; readonly epoch: number };

export type FollowOptions = {
  readonly world: Pick<World, 'nowMs' | 'sleep'>;
  readonly signal: AbortSignal;
  /** Gives up when no coordinator answered for this long, in milliseconds. */
  readonly silenceMsMax: number;
};

/**
 * Every change, from a snapshot on, through lost connections: each new stream begins with a snapshot again.
 * Ends when the signal aborts. Throws RunControlError UNREACHABLE after `silenceMsMax` without an answer,
 * any other trouble at once.
 */
export async function* follow(
  connection: Pick<Connection, 'address' | 'watch'>,
  options: FollowOptions,
): AsyncGenerator<Followed, void> {
  const { world, signal, silenceMsMax } = options;
  let picture: Picture | undefined;
  let heardMs = world.nowMs();
  let againMs = AGAIN_MS_MIN;
  while (!signal.aborted) {
    let isHeard = false;
    try {
      for await (const response of connection.watch(signal)) {
        isHeard = true;
        againMs = AGAIN_MS_MIN;
        const epoch = response.snapshot?.epoch ?? picture?.partition.epoch ?? 0;
        if (picture !== undefined && response.snapshot && epoch !== picture.partition.epoch) {
          yield { kind: 'led', address: connection.address, epoch };
        }
        const before = picture?.targets.get(response.target?.target ?? '')?.view;
        picture = withChange(picture, response, world.nowMs());
        if (picture !== undefined) yield { kind: 'change', picture, response, before };
      }
    } catch (error) {
      // A quiet partition says nothing for hours: silence begins when the stream breaks.
      if (isHeard) heardMs = world.nowMs();
      if (!isPassing(error) || world.nowMs() - heardMs > silenceMsMax) throw error;
      if (againMs === AGAIN_MS_MIN) yield { kind: 'lost', cause: error.message };
    }
    await world.sleep(againMs, signal);
    againMs = Math.min(againMs * 2, AGAIN_MS_MAX);
  }
}
