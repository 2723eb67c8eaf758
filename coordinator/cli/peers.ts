// The coordinators that a client knows, and which of them it asks first. One of them leads; the others say who.

import { type CallOptions, type ChannelCredentials, connectivityState } from '@grpc/grpc-js';
import { channelCredentials, type Dialling, dialProblem } from '../../protos/credentials/dialling.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { CoordinatorClient } from '../../protos/generated/baton/v1/Coordinator.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';
import { isDialable } from './addresses.ts';
import { type Token, tokenInterceptor } from './token/attach.ts';
import type { Way } from './way.ts';

/** A connection that says nothing for this long is asked whether it lives, in milliseconds. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;
const KEEPALIVE_MS_MIN = 250;

/** Longest wait of a channel before it dials again, in milliseconds. */
const DIAL_AGAIN_MS_MAX = 1_000;

/** One coordinator during one attempt. */
export type Peer = {
  readonly stub: CoordinatorClient;
  readonly credentials: ChannelCredentials;
  /** Its address and who told it, for people. */
  readonly place: string;
  /** How long it may take, in milliseconds. */
  readonly withinMs: number;
  /** What the way to it knows of why it does not answer. */
  readonly trouble: () => RunControlError | undefined;
};

export type PeersOptions = {
  /** In the order in which they are tried; at least one. */
  readonly addresses: readonly string[];
  readonly timeoutMs: number;
  /** Who said so, for people; absent: nobody needs to know. */
  readonly source: string | undefined;
  readonly dialling: Dialling;
  /** Shown with each call; undefined: nothing is. */
  readonly token?: Token | undefined;
  /** Absent: what is dialled is where it is. */
  readonly way: Way | undefined;
};

/** Channels to the coordinators, until it is disposed of. */
export class Peers implements Disposable {
  readonly #options: PeersOptions;
  readonly #stubs = new Map<string, Pick<Peer, 'stub' | 'credentials'>>();
  #present: string;

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#present = options.addresses[0] ?? '';
  }

  /** The one that answered last; the first one before any has. */
  get present(): string {
    return this.#options.way?.place ?? this.#present;
  }

  /** The present one and who told of it, for people. */
  get place(): string {
    return this.#placeOf(this.#present);
  }

  /**
   * What `attempt` gives at the first one that answers: the present one, then the others, and before those
   * whoever is told to lead. They share `withinMs`. Throws what the one that answered refused; when none leads,
   * one RunControlError with the words of all.
   */
  async first<Answer>(withinMs: number, attempt: (peer: Peer) => Promise<Answer>): Promise<Answer> {
    const untilMs = performance.now() + withinMs;
    const waiting = [this.#present, ...this.#options.addresses.filter((each) => each !== this.#present)];
    const troubles = new Map<string, RunControlError>();
    for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
      const shareMs = Math.max(1, (untilMs - performance.now()) / (waiting.length + 1));
      try {
        const answer = await attempt(this.#peer(address, shareMs));
        this.#settleOn(address);
        return answer;
      } catch (error) {
        if (!isPassing(error)) {
          this.#settleOn(address);
          throw error;
        }
        if (isWithoutLeader(error)) this.#options.way?.again();
        else this.#giveUpDialling(address);
        troubles.set(address, error);
        waiting.splice(0, waiting.length, ...this.#nextAfter(error, waiting, troubles));
      }
    }
    throw together(troubles);
  }

  [Symbol.dispose](): void {
    for (const { stub } of this.#stubs.values()) stub.close();
    this.#options.way?.[Symbol.dispose]();
  }

  /** From now on it is asked first. Who was only told of, and does not lead any more, is forgotten. */
  #settleOn(address: string): void {
    this.#present = address;
    for (const [other, { stub }] of this.#stubs) {
      if (other === address || this.#options.addresses.includes(other)) continue;
      stub.close();
      this.#stubs.delete(other);
    }
  }

  /**
   * A connection that is only being made has no end of its own: a Service may have led it to a pod that is gone, where
   * nobody says so, and whoever dials once more waits for it. The next attempt makes another.
   */
  #giveUpDialling(address: string): void {
    const stub = this.#stubs.get(address)?.stub;
    if (stub === undefined || stub.getChannel().getConnectivityState(false) === connectivityState.READY)
      return;
    stub.close();
    this.#stubs.delete(address);
  }

  #peer(address: string, withinMs: number): Peer {
    const opened = this.#stubs.get(address) ?? this.#open(address);
    this.#stubs.set(address, opened);
    const trouble = () => this.#options.way?.trouble;
    return { ...opened, place: this.#placeOf(address), withinMs, trouble };
  }

  #placeOf(address: string): string {
    const { source, way } = this.#options;
    const place = way?.place ?? address;
    return source === undefined ? place : `${place} (${source})`;
  }

  #open(address: string): Pick<Peer, 'stub' | 'credentials'> {
    const { dialling, timeoutMs, token } = this.#options;
    const interceptors = token === undefined ? [] : [tokenInterceptor(token)];
    const credentials = channelCredentials(dialling, 'coordinator');
    const options = { ...channelOptions(timeoutMs), interceptors };
    return { stub: new v1.Coordinator(address, credentials, options), credentials };
  }

  /** Whoever is told to lead comes next, unless it was tried, or plaintext would leave this machine unasked. */
  #nextAfter(
    { facts }: RunControlError,
    waiting: readonly string[],
    tried: ReadonlyMap<string, unknown>,
  ): readonly string[] {
    const { leader } = facts;
    if (leader === undefined || tried.has(leader) || !isDialable(leader)) return waiting;
    // Inside of a cluster it has an address that nobody outside can dial.
    if (this.#options.way !== undefined) return waiting;
    const place = { path: 'the leader', address: leader, how: '--insecure' };
    if (dialProblem(this.#options.dialling, place) !== undefined) return waiting;
    return [leader, ...waiting.filter((each) => each !== leader)];
  }
}

/** True for trouble that may be over in a moment. A coordinator that says BUSY has answered. */
export function isPassing(error: unknown): error is RunControlError {
  return isWithoutLeader(error) || (error instanceof RunControlError && error.code === 'UNREACHABLE');
}

/** True when somebody is there who will lead, or knows who does. */
export function isWithoutLeader(error: unknown): error is RunControlError {
  if (!(error instanceof RunControlError)) return false;
  return error.code === 'NO_LEADER' || error.code === 'STOPPING';
}

/** Options for a call to a peer: it ends in time, whatever becomes of the wire. */
export function deadlineOf({ withinMs }: Peer): CallOptions {
  return { deadline: Date.now() + withinMs };
}

/** Whoever gives up on silence after a second wants to know of a dead connection by then. */
function channelOptions(timeoutMs: number) {
  const half = Math.max(KEEPALIVE_MS_MIN, timeoutMs / 2);
  return {
    ...CHANNEL_OPTIONS,
    'grpc.keepalive_time_ms': Math.min(KEEPALIVE_MS, half),
    'grpc.keepalive_timeout_ms': Math.min(KEEPALIVE_TIMEOUT_MS, half),
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': DIAL_AGAIN_MS_MAX,
    // Else what was given up is what is found again.
    'grpc.use_local_subchannel_pool': 1,
    // A proxy of the web must not stand between an operator and the DAQ.
    'grpc.enable_http_proxy': 0,
  };
}

/** One trouble out of those of all: that somebody stands by is the better news. */
function together(troubles: ReadonlyMap<string, RunControlError>): RunControlError {
  const [first, ...more] = troubles.values();
  if (first === undefined) return new RunControlError('UNREACHABLE', 'no address of a coordinator is known');
  if (more.length === 0) return first;
  const best = [first, ...more].find(isWithoutLeader) ?? first;
  const words = [...troubles].map(([address, { message }]) => message.replace(/^this coordinator/, address));
  return new RunControlError(best.code, `no coordinator leads: ${words.join('; ')}`, {
    cause: best,
    facts: best.facts,
  });
}
