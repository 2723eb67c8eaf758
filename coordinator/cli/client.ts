// The coordinator as a client sees it: promises with deadlines, trouble instead of status codes.

import { setTimeout as wait } from 'node:timers/promises';
import { type CallOptions, status } from '@grpc/grpc-js';
import { type Dialling, handshakeFailure, PLAINTEXT_HERE } from '../../protos/credentials/dialling.ts';
import { fromStatus, isServiceError } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { CoordinatorClient } from '../../protos/generated/baton/v1/Coordinator.ts';
import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';
import type { WatchResponse__Output } from '../../protos/generated/baton/v1/WatchResponse.ts';
import { parseAddresses } from './addresses.ts';
import { deadlineOf, isPassing, isWithoutLeader, type Peer, Peers } from './peers.ts';

/** How long a call waits for the next leader while somebody stands by, in milliseconds; a takeover takes less. */
export const TAKEOVER_MS_MAX = 5_000;

/** Between two rounds in which nobody led, in milliseconds. */
const AGAIN_MS = 50;

export type Connection = Disposable & {
  /** Of the coordinator that answered last. */
  readonly address: string;
  /**
   * One call, e.g. `ask((stub, options, done) => stub.plan(request, options, done))`. It may be asked again at
   * another address: only what may be asked twice goes here. Throws RunControlError; UNREACHABLE says that
   * nobody knows what the coordinator did.
   */
  ask<Answer>(call: Call<Answer>): Promise<Answer>;
  /** The whole partition, then all changes until `signal` aborts; throws RunControlError when the stream breaks. */
  watch(signal: AbortSignal): AsyncGenerator<WatchResponse__Output, void>;
};

/** What grpc-js says of a peer that took the connection and then ended it instead of answering. */
const HUNG_UP = /Last error: Failed to connect|ECONNRESET/;

type Done<Answer> = (error: Error | null, answer?: Answer) => void;
type Call<Answer> = (stub: CoordinatorClient, options: CallOptions, done: Done<Answer>) => unknown;

export type ConnectOptions = {
  /** Where the address comes from, for whoever reads that nobody answers there. */
  readonly source?: string;
  /** Closed with the connection. */
  readonly dialling?: Dialling;
};

/**
 * Gets ready to call the coordinator at `host:port`, or several with commas between of which one leads; nothing
 * is dialled before the first call.
 */
export function connect(address: string, timeoutMs: number, options: ConnectOptions = {}): Connection {
  const { source, dialling = PLAINTEXT_HERE } = options;
  const peers = new Peers({ addresses: parseAddresses(address) ?? [address], timeoutMs, source, dialling });
  return {
    get address() {
      return peers.present;
    },
    ask: (call) => askUntilLed(peers, timeoutMs, call),
    watch: (signal) => watch(peers, timeoutMs, signal),
    [Symbol.dispose]: () => {
      peers[Symbol.dispose]();
      if (dialling.kind === 'tls') dialling.store[Symbol.dispose]();
    },
  };
}

/** Asks all of them again while one of them is about to lead. */
async function askUntilLed<Answer>(peers: Peers, timeoutMs: number, call: Call<Answer>): Promise<Answer> {
  const untilMs = performance.now() + timeoutMs;
  const patienceMs = performance.now() + Math.min(timeoutMs, TAKEOVER_MS_MAX);
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

async function* watch(
  peers: Peers,
  timeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<WatchResponse__Output, void> {
  if (signal.aborted) return;
  let opened: Opened | undefined;
  try {
    opened = await peers.first(timeoutMs, (peer) => open(peer, signal));
    yield opened.first;
    yield* opened.rest();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    opened?.close();
  }
}

type Opened = {
  readonly first: WatchResponse__Output;
  /** What follows; throws RunControlError when it ends. */
  readonly rest: () => AsyncGenerator<WatchResponse__Output, void>;
  readonly close: () => void;
};

/** A stream whose first message has come in time: an address that swallows everything must not hold us for ever. */
async function open(peer: Peer, signal: AbortSignal): Promise<Opened> {
  const stream = peer.stub.watch({});
  const messages: AsyncIterator<WatchResponse__Output> = stream[Symbol.asyncIterator]();
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
  const next = async (): Promise<WatchResponse__Output> => {
    try {
      const { done, value } = await messages.next();
      if (done !== true) return value;
    } catch (error) {
      throw isLate ? lateTrouble(peer) : troubleOf(error, peer);
    }
    throw new RunControlError('UNREACHABLE', `the coordinator at ${peer.place} ended the stream`);
  };
  const rest = async function* () {
    for (;;) yield await next();
  };
  try {
    return { first: await wholeSnapshot(next), rest, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(limit);
  }
}

/** A large partition comes in parts, one after the other. */
async function wholeSnapshot(next: () => Promise<WatchResponse__Output>): Promise<WatchResponse__Output> {
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

/** What went wrong, told from where the operator stands. */
function troubleOf(error: unknown, peer: Peer): unknown {
  if (!isServiceError(error)) return error;
  const trouble = fromStatus(error);
  if (trouble.code !== 'UNREACHABLE') return trouble;
  if (error.code === status.DEADLINE_EXCEEDED) return lateTrouble(peer, error);
  return new RunControlError('UNREACHABLE', silence(error.code, error.details, peer), { cause: error });
}

function lateTrouble({ place, withinMs }: Peer, cause?: unknown): RunControlError {
  const seconds = Math.round(withinMs) / 1_000;
  const sentence = `the coordinator at ${place} did not answer within ${seconds} s`;
  return new RunControlError('UNREACHABLE', sentence, { cause });
}

function silence(code: status, details: string, { place, credentials }: Peer): string {
  const failure = handshakeFailure(credentials, details);
  switch (code) {
    case status.UNAVAILABLE:
      if (failure !== undefined) return `no coordinator answers at ${place}: ${failure}`;
      // Whoever hangs up without a word may want TLS.
      if (!credentials._isSecure() && HUNG_UP.test(details))
        return `what answers at ${place} hangs up; if it wants TLS, give your credentials by --tls`;
      return `no coordinator answers at ${place}`;
    case status.UNIMPLEMENTED:
      return `what answers at ${place} is no coordinator that this client knows`;
    default:
      return `the coordinator at ${place} gave no proper answer (${details})`;
  }
}
