// Streams of a coordinator: opened in time, or not at all.

import type { ClientReadableStream } from '@grpc/grpc-js';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { CoordinatorClient } from '../../protos/generated/baton/v1/Coordinator.ts';
import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';
import type { WatchResponse__Output } from '../../protos/generated/baton/v1/WatchResponse.ts';
import type { Peer } from './peers.ts';
import { lateTrouble, troubleOf } from './trouble.ts';

export type Opening<Message> = (stub: CoordinatorClient) => ClientReadableStream<Message>;

/** A stream that tells something. */
export type Opened<Message> = {
  readonly first: Message;
  /** What follows until the coordinator ends it; throws RunControlError when it breaks. */
  readonly rest: () => AsyncGenerator<Message, void>;
  readonly close: () => void;
};

type Next<Message> = () => Promise<Message>;

/**
 * A stream whose first message has come in time: an address that swallows everything must not hold us for ever.
 * Throws RunControlError.
 */
export async function openStream<Message>(
  peer: Peer,
  opening: Opening<Message>,
  signal: AbortSignal,
): Promise<Opened<Message>> {
  return begin(peer, { opening, signal }, (next) => next());
}

/** As `openStream` for Watch, whose first message, the whole partition, may come in parts. */
export async function openWatch(
  peer: Peer,
  opening: Opening<WatchResponse__Output>,
  signal: AbortSignal,
): Promise<Opened<WatchResponse__Output>> {
  return begin(peer, { opening, signal }, wholeSnapshot);
}

async function begin<Message>(
  peer: Peer,
  { opening, signal }: { readonly opening: Opening<Message>; readonly signal: AbortSignal },
  readFirst: (next: Next<Message>) => Promise<Message>,
): Promise<Opened<Message>> {
  const stream = opening(peer.stub);
  const messages: AsyncIterator<Message> = stream[Symbol.asyncIterator]();
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    stream.cancel();
  }, peer.withinMs);
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const close = () => {
    signal.removeEventListener('abort', cancel);
    stream.cancel();
  };
  const read = async (): Promise<IteratorResult<Message, unknown>> => {
    try {
      return await messages.next();
    } catch (error) {
      throw isLate ? lateTrouble(peer) : troubleOf(error, peer);
    }
  };
  const next = async (): Promise<Message> => {
    const { done, value } = await read();
    if (done !== true) return value;
    throw new RunControlError('UNREACHABLE', `the coordinator at ${peer.place} ended the stream`);
  };
  const rest = async function* () {
    for (let each = await read(); each.done !== true; each = await read()) yield each.value;
  };
  try {
    return { first: await readFirst(next), rest, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(limit);
  }
}

/** A large partition comes in parts, one after the other. */
async function wholeSnapshot(next: Next<WatchResponse__Output>): Promise<WatchResponse__Output> {
  const first = await next();
  if (!first.snapshot) return first;
  const { targets, targetsLeft: left } = first.snapshot;
  const parts: TargetView__Output[] = [];
  while (parts.length < left) {
    const { target } = await next();
    if (!target)
      throw new RunControlError('UNREACHABLE', 'the coordinator told a partition of which parts are missing');
    parts.push(target);
  }
  return { ...first, snapshot: { ...first.snapshot, targets: [...targets, ...parts], targetsLeft: 0 } };
}
