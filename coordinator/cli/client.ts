// The coordinator as a client sees it: promises with deadlines, trouble instead of status codes.

import { type CallOptions, type ClientReadableStream, credentials, status } from '@grpc/grpc-js';
import { fromStatus, isServiceError } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { CoordinatorClient } from '../../protos/generated/baton/v1/Coordinator.ts';
import type { WatchResponse__Output } from '../../protos/generated/baton/v1/WatchResponse.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';

/** A connection that says nothing for this long is asked whether it lives, in milliseconds. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

/** Longest wait of the channel before it dials again, in milliseconds. */
const DIAL_AGAIN_MS_MAX = 1_000;

const OPTIONS = {
  ...CHANNEL_OPTIONS,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': DIAL_AGAIN_MS_MAX,
  // A proxy of the web must not stand between an operator and the DAQ.
  'grpc.enable_http_proxy': 0,
};

export type Connection = Disposable & {
  readonly address: string;
  /**
   * One call, e.g. `ask((stub, options, done) => stub.plan(request, options, done))`. Throws RunControlError;
   * UNREACHABLE says that nobody knows what the coordinator did.
   */
  ask<Answer>(call: Call<Answer>): Promise<Answer>;
  /** All changes until `signal` aborts; throws RunControlError when the stream breaks. */
  watch(signal: AbortSignal): AsyncGenerator<WatchResponse__Output, void>;
};

type Done<Answer> = (error: Error | null, answer?: Answer) => void;
type Call<Answer> = (stub: CoordinatorClient, options: CallOptions, done: Done<Answer>) => unknown;

/**
 * Gets ready to call the coordinator at `host:port`; nothing is dialled before the first call. `source` says
 * where the address comes from, for whoever reads that nobody answers there.
 */
export function connect(address: string, timeoutMs: number, source?: string): Connection {
  const peer = { address, timeoutMs, place: source === undefined ? address : `${address} (${source})` };
  const stub = new v1.Coordinator(address, credentials.createInsecure(), OPTIONS);
  return {
    address,
    ask: (call) => ask(stub, peer, call),
    watch: (signal) => watch(stub, peer, signal),
    [Symbol.dispose]: () => stub.close(),
  };
}

type Peer = {
  readonly address: string;
  readonly timeoutMs: number;
  /** The address and who told it, for people. */
  readonly place: string;
};

async function ask<Answer>(stub: CoordinatorClient, peer: Peer, call: Call<Answer>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  call(stub, { deadline: Date.now() + peer.timeoutMs }, (error, answer) => {
    if (error !== null) reject(troubleOf(error, peer));
    else if (answer === undefined) reject(new RunControlError('UNREACHABLE', 'an empty answer came'));
    else resolve(answer);
  });
  return promise;
}

async function* watch(
  stub: CoordinatorClient,
  peer: Peer,
  signal: AbortSignal,
): AsyncGenerator<WatchResponse__Output, void> {
  if (signal.aborted) return;
  const stream: ClientReadableStream<WatchResponse__Output> = stub.watch({});
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const response of stream) {
      yield response;
    }
    if (!signal.aborted) {
      throw new RunControlError('UNREACHABLE', `the coordinator at ${peer.place} ended the stream`);
    }
  } catch (error) {
    if (signal.aborted) return;
    throw troubleOf(error, peer);
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.cancel();
  }
}

/** What went wrong, told from where the operator stands. */
function troubleOf(error: unknown, peer: Peer): unknown {
  if (!isServiceError(error)) return error;
  const trouble = fromStatus(error);
  if (trouble.code !== 'UNREACHABLE') return trouble;
  return new RunControlError('UNREACHABLE', silence(error.code, error.details, peer), {
    cause: error,
  });
}

function silence(code: status, details: string, { place, timeoutMs }: Peer): string {
  switch (code) {
    case status.UNAVAILABLE:
      return `no coordinator answers at ${place}`;
    case status.DEADLINE_EXCEEDED:
      return `the coordinator at ${place} did not answer within ${timeoutMs / 1_000} s`;
    case status.UNIMPLEMENTED:
      return `what answers at ${place} is no coordinator that this client knows`;
    default:
      return `the coordinator at ${place} gave no proper answer (${details})`;
  }
}
