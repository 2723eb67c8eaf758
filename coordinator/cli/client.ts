// The coordinator as a client sees it: promises with deadlines, trouble instead of status codes.

import { setTimeout as wait } from 'node:timers/promises';
import type { CallOptions } from '@grpc/grpc-js';
import { type Dialling, PLAINTEXT_HERE } from '../../protos/credentials/dialling.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { CoordinatorClient } from '../../protos/generated/baton/v1/Coordinator.ts';
import type { WatchResponse__Output } from '../../protos/generated/baton/v1/WatchResponse.ts';
import { parseAddresses } from './addresses.ts';
import { deadlineOf, isPassing, isWithoutLeader, type Peer, Peers } from './peers.ts';
import { type Opened, type Opening, openStream, openWatch } from './streams.ts';
import type { OpenToken } from './token/open.ts';
import { troubleOf } from './trouble.ts';
import type { Way } from './way.ts';

/** How long a call waits for the next leader while somebody stands by, in milliseconds; a takeover takes less. */
export const TAKEOVER_MS_MAX = 5_000;

/** Between two rounds in which nobody led, in milliseconds. */
const AGAIN_MS = 50;

export type Connection = Disposable & {
  /** Of the coordinator that answered last. */
  readonly address: string;
  /** The partition that is meant, for the requests; empty: the only one. */
  readonly partition: string;
  /**
   * One call, e.g. `ask((stub, options, done) => stub.plan(request, options, done))`. It may be asked again at
   * another address: only what may be asked twice goes here. Throws RunControlError; UNREACHABLE says that
   * nobody knows what the coordinator did.
   */
  ask<Answer>(call: Call<Answer>): Promise<Answer>;
  /** The whole partition, then all changes until `signal` aborts; throws RunControlError when the stream breaks. */
  watch(signal: AbortSignal): AsyncGenerator<WatchResponse__Output, void>;
  /**
   * What any other stream tells until the coordinator ends it or `signal` aborts; throws RunControlError when it
   * is refused or breaks.
   */
  tell<Message>(opening: Opening<Message>, signal: AbortSignal): AsyncGenerator<Message, void>;
};

type Done<Answer> = (error: Error | null, answer?: Answer) => void;
type Call<Answer> = (stub: CoordinatorClient, options: CallOptions, done: Done<Answer>) => unknown;

export type ConnectOptions = {
  /** Where the address comes from, for whoever reads that nobody answers there. */
  readonly source?: string;
  /** Closed with the connection. */
  readonly dialling?: Dialling;
  /** Name of the partition, or namespace/name; empty, or absent: the only one. */
  readonly partition?: string;
  /** Closed with the connection; for where no way leads. */
  readonly shown?: OpenToken | undefined;
  /** Used in place of the address, and closed with the connection. */
  readonly way?: Way | undefined;
};

/**
 * Gets ready to call the coordinator at `host:port`, or several with commas between of which one leads; nothing
 * is dialled before the first call.
 */
export function connect(address: string, timeoutMs: number, options: ConnectOptions = {}): Connection {
  const { source, dialling = PLAINTEXT_HERE, partition = '', shown, way } = options;
  const addresses = way === undefined ? (parseAddresses(address) ?? [address]) : [way.address];
  const peers = new Peers({ addresses, timeoutMs, source, dialling, way, token: way?.token ?? shown?.token });
  const takeoverMsMax = way?.takeoverMsMax ?? TAKEOVER_MS_MAX;
  return {
    get address() {
      return peers.present;
    },
    partition,
    ask: (call) => askUntilLed(peers, { timeoutMs, takeoverMsMax }, call),
    watch: (signal) => watch(peers, { timeoutMs, signal }, partition),
    tell: (opening, signal) =>
      told(peers, { timeoutMs, signal }, (peer) => openStream(peer, opening, signal)),
    [Symbol.dispose]: () => {
      peers[Symbol.dispose]();
      if (dialling.kind === 'tls') dialling.store[Symbol.dispose]();
      shown?.[Symbol.dispose]();
    },
  };
}

/** Asks all of them again while one of them is about to lead. */
async function askUntilLed<Answer>(
  peers: Peers,
  { timeoutMs, takeoverMsMax }: { readonly timeoutMs: number; readonly takeoverMsMax: number },
  call: Call<Answer>,
): Promise<Answer> {
  const untilMs = performance.now() + timeoutMs;
  const patienceMs = performance.now() + Math.min(timeoutMs, takeoverMsMax);
  let standsBy: RunControlError | undefined;
  for (;;) {
    try {
      return await peers.first(untilMs - performance.now(), (peer) => ask(peer, call));
    } catch (error) {
      if (!isPassing(error)) throw error;
      // Later rounds have less time: what was known in an earlier one stays the better answer.
      if (isWithoutLeader(error)) standsBy = error;
      if (standsBy === undefined || performance.now() > patienceMs) throw standsBy ?? error;
    }
    await wait(AGAIN_MS);
  }
}

async function ask<Answer>(peer: Peer, call: Call<Answer>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  call(peer.stub, deadlineOf(peer), (error, answer) => {
    if (error !== null) reject(troubleOf(error, peer));
    else if (answer === undefined) reject(new RunControlError('UNREACHABLE', 'an empty answer came'));
    else resolve(answer);
  });
  return promise;
}

/** What a stream tells, from its first message on, until `signal` aborts or the coordinator ends it. */
async function* told<Message>(
  peers: Peers,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  open: (peer: Peer) => Promise<Opened<Message>>,
): AsyncGenerator<Message, void> {
  if (signal.aborted) return;
  let opened: Opened<Message> | undefined;
  try {
    opened = await peers.first(timeoutMs, open);
    yield opened.first;
    yield* opened.rest();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    opened?.close();
  }
}

/** A watch has no end of its own. */
async function* watch(
  peers: Peers,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  partition: string,
): AsyncGenerator<WatchResponse__Output, void> {
  yield* told(peers, { timeoutMs, signal }, (peer) =>
    openWatch(peer, (stub) => stub.watch({ partition }), signal),
  );
  if (!signal.aborted)
    throw new RunControlError('UNREACHABLE', `the coordinator at ${peers.place} ended the stream`);
}
