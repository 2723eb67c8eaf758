// One attempt at a control stream to one sidecar: from dialling to its end. It never tries again; that is
// the dispatcher's work.

import type { ChannelCredentials, ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { problemLine } from '../../protos/failure/trouble.ts';
import type { ControlRequest } from '../../protos/generated/baton/v1/ControlRequest.ts';
import type { ControlResponse__Output } from '../../protos/generated/baton/v1/ControlResponse.ts';
import type { SidecarClient } from '../../protos/generated/baton/v1/Sidecar.ts';
import { parseListen, showAddress } from '../../protos/listen.ts';
import { ONE_ATTEMPT_OPTIONS, v1 } from '../../protos/load.ts';
import { cutSentence } from '../../protos/sentence.ts';
import type { Target } from '../core/model/partition.ts';
import type { Event } from '../core/model/turn.ts';
import type { Place } from './discovery.ts';
import { type Parsed, parseUp, welcomeTrouble } from './up.ts';

/** Messages that wait for a sidecar which does not read; one more closes its stream. */
export const DOWN_QUEUE_MAX = 64;

/** A peer whose kernel answers no ping for this long is gone, in milliseconds. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

// Retry lives in the dispatcher only.
const OPTIONS = {
  ...ONE_ATTEMPT_OPTIONS,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
} as const;

export type StreamParts = {
  readonly target: Target;
  readonly place: Place;
  /** One object for all streams: grpc-js compares credentials by identity. */
  readonly credentials: ChannelCredentials;
  readonly hello: ControlRequest;
  readonly monotonicMs: () => number;
  /** Takes an event; false when there is no room for it. The first one is the welcome. */
  readonly onEvent: (event: Event) => boolean;
  /** Called once, with one sentence, unless `close` ended the stream. */
  readonly onClosed: (cause: string) => void;
};

/** A stream that is being opened, or is open. */
export class ControlStream {
  readonly place: Place;
  readonly #parts: StreamParts;
  readonly #client: SidecarClient;
  readonly #call: ClientDuplexStream<ControlRequest, ControlResponse__Output>;
  #isOpen = true;
  #isWelcomed = false;
  #heardAtMs: number;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.place = parts.place;
    this.#heardAtMs = parts.monotonicMs();
    this.#client = new v1.Sidecar(dialTarget(parts.place.address), parts.credentials, OPTIONS);
    this.#call = this.#client.Control();
    this.#call.on('data', (message: ControlResponse__Output) => this.#take(message));
    // After our own close this tells of our cancel, which ends nothing any more.
    this.#call.on('error', (error: ServiceError) => this.#end(closedSentence(parts.place, error)));
    this.#call.on('end', () => this.#end('the sidecar closed the stream'));
    this.#call.write(parts.hello);
  }

  /** True from the sidecar's Welcome to the end. */
  get isWelcomed(): boolean {
    return this.#isWelcomed && this.#isOpen;
  }

  /** Time since the last message, or since dialling, in milliseconds. */
  silentMs(): number {
    return this.#parts.monotonicMs() - this.#heardAtMs;
  }

  /** Sends a message after Hello. One that cannot be queued ends the stream. */
  send(message: ControlRequest): void {
    if (this.#call.writableLength < DOWN_QUEUE_MAX) this.#call.write(message);
    else this.#end(`the sidecar reads nothing: ${DOWN_QUEUE_MAX} messages wait for it`);
  }

  /** Ends the stream from our side, with a cause for `onClosed`; without one nobody is told. */
  close(cause?: string): void {
    if (cause !== undefined) this.#end(cause);
    else this.#release();
  }

  #take(message: ControlResponse__Output): void {
    if (!this.#isOpen) return;
    this.#heardAtMs = this.#parts.monotonicMs();
    const parsed = parseUp(this.#parts.target, message);
    const wrong = this.#wrong(message, parsed);
    if (wrong !== undefined) this.#end(wrong);
    if (wrong !== undefined || parsed.kind !== 'event') return;
    this.#isWelcomed = true;
    if (!this.#parts.onEvent(parsed.event))
      this.#end('the coordinator is overloaded: its event queue is full');
  }

  /** Why the stream must end with this message; undefined when it need not. */
  #wrong({ welcome }: ControlResponse__Output, parsed: Parsed): string | undefined {
    if (this.#isWelcomed && welcome) return 'the sidecar sent Welcome twice';
    if (!this.#isWelcomed && !welcome) return 'the sidecar did not begin with Welcome';
    // Before its form: a sidecar of another contract may well speak in other forms.
    const trouble = welcome
      ? welcomeTrouble(welcome, { target: this.#parts.target, podUid: this.place.podUid })
      : undefined;
    if (trouble !== undefined) return `the sidecar at ${this.place.address} ${trouble}`;
    if (parsed.kind !== 'malformed') return undefined;
    return cutSentence(
      `the sidecar sent a malformed message: ${parsed.problems.map(problemLine).join('; ')}`,
    );
  }

  #end(cause: string): void {
    if (!this.#isOpen) return;
    this.#release();
    this.#parts.onClosed(cause);
  }

  #release(): void {
    this.#isOpen = false;
    this.#call.cancel();
    this.#client.close();
  }
}

/** The name that makes grpc-js dial an address without asking any resolver. */
function dialTarget(address: string): string {
  const parsed = parseListen(address);
  if (parsed === undefined) return address;
  return `${parsed.host.includes(':') ? 'ipv6' : 'ipv4'}:${showAddress(parsed)}`;
}

/** grpc-js's words tell of name resolution and its own parts; an operator needs where and why. */
function closedSentence({ address }: Place, error: ServiceError): string {
  if (error.details.includes('ECONNREFUSED')) return `no sidecar listens on ${address} (connection refused)`;
  // grpc-js says so when a connection was made and ended before a word of HTTP/2.
  if (/Last error: Failed to connect/.test(error.details))
    return `what listens on ${address} hangs up; does it want TLS?`;
  const words = error.details.replace(/\. Resolution note:.*$/s, '').replace(/^.*Last error: /s, '');
  return cutSentence(`the stream to the sidecar at ${address} ended: ${words || error.message}`);
}
