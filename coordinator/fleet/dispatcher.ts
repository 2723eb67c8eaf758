// Keeps one control stream to each target and carries messages both ways. This is the one place that tries
// again; what a message means is the core's business.

import type { ChannelCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import {
  channelCredentials,
  type Dialling,
  dialProblem,
  PLAINTEXT_ANYWHERE,
  PLAINTEXT_HERE,
} from '../../protos/credentials/dialling.ts';
import { assert } from '../../protos/failure/invariant.ts';
import { problemLine } from '../../protos/failure/trouble.ts';
import type { Clock } from '../clock.ts';
import type { Target } from '../core/model/partition.ts';
import type { DownMessage, Event } from '../core/model/turn.ts';
import type { Discovery, Place } from './discovery.ts';
import { downMessage, type Greeting, helloMessage } from './down.ts';
import { type Link, newLink, pauseAfter } from './link.ts';
import { silenceOf } from './silence.ts';
import { ControlStream } from './stream.ts';
import { Turns } from './turns.ts';

/**
 * Streams that are being opened at the same time; further ones wait their turn. Enough that the pods of a
 * node that died, whose addresses swallow every attempt, do not hold up all others.
 */
export const CONNECTS_MAX = 256;

/** Of them, those that may be at sidecars which were dialled in vain before: whoever is new need not wait for these. */
export const RECONNECTS_MAX = 192;

export type DispatcherParts = {
  /** All targets of the partition, at first. */
  readonly targets: readonly Target[];
  readonly discovery: Discovery;
  readonly greeting: (target: Target) => Greeting;
  /** Takes an event; false when there is no room for it. */
  readonly post: (event: Event) => boolean;
  readonly clock: Clock;
  /** In 0..1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Longest silence that is asked of a sidecar, in milliseconds. */
  readonly heartbeatMs: number;
  /** How sidecars are dialled: in plaintext on this machine unless said otherwise. */
  readonly dialling?: Dialling | undefined;
};

/** The flag that allows plaintext to sidecars on other machines. */
export const INSECURE_DIAL_FLAG = '--insecure-dial';

/** Why a target is not dialled that has no place yet. */
export const NO_PLACE = 'its address is not known yet';

/** The streams of a partition. Nothing is dialled before `connectAll`. */
export class Dispatcher implements Disposable {
  readonly #parts: DispatcherParts;
  readonly #links: Map<Target, Link>;
  readonly #sweep: NodeJS.Timeout;
  readonly #dialling: Dialling;
  readonly #credentials: ChannelCredentials;
  readonly #turns = new Turns<Link>(CONNECTS_MAX, RECONNECTS_MAX);
  /** Those whose last attempt, or stream, has ended. */
  readonly #away = new Set<Link>();
  #isStarted = false;
  #isStopped = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#links = new Map(parts.targets.map((target) => [target, newLink(target)]));
    this.#dialling = parts.dialling ?? PLAINTEXT_HERE;
    this.#credentials = channelCredentials(this.#dialling, 'sidecar');
    this.#sweep = setInterval(() => this.#closeSilent(), Math.max(1, parts.heartbeatMs / 2));
    parts.discovery.onChange(() => this.#followPlaces());
  }

  /** Opens every stream anew, each with a fresh Hello. */
  connectAll(): void {
    this.#isStarted = true;
    for (const link of this.#links.values()) this.#reopen(link, 'its stream is opened anew');
  }

  /** Opens the stream of one target anew. */
  connect(target: Target): void {
    const link = this.#links.get(target);
    if (link !== undefined && this.#isStarted) this.#reopen(link, 'its stream is opened anew');
  }

  /** From now on there are these targets: opens the streams of those that came, closes those that went. */
  follow(targets: readonly Target[]): void {
    const staying = new Set(targets);
    for (const [target, link] of this.#links) if (!staying.has(target)) this.#forget(link);
    for (const target of targets) {
      if (this.#links.has(target)) continue;
      const link = newLink(target);
      this.#links.set(target, link);
      if (this.#isStarted) this.#queue(link);
    }
    // Those that went may have left room for others.
    this.#openWaiting();
  }

  /** Sends down the stream of `target`. Dropped when there is none: the core asks again on the next Welcome. */
  send(target: Target, message: DownMessage): void {
    const stream = this.#links.get(target)?.stream;
    if (stream?.isWelcomed) stream.send(downMessage(message));
    else this.#parts.log.debug({ target, message: message.type }, 'not connected: message dropped');
  }

  /** Where the sidecar of `target` listens; empty when that is not known. */
  address(target: Target): string {
    return this.#parts.discovery.places().get(target)?.address ?? '';
  }

  /** Closes every stream; nobody is told. */
  [Symbol.dispose](): void {
    this.#isStopped = true;
    clearInterval(this.#sweep);
    for (const link of this.#links.values()) this.#drop(link);
  }

  #forget(link: Link): void {
    this.#links.delete(link.target);
    this.#drop(link);
    this.#turns.forget(link);
    this.#away.delete(link);
  }

  #reopen(link: Link, cause: string): void {
    const wasOpen = link.stream?.isWelcomed === true;
    this.#drop(link);
    if (wasOpen) this.#tell(link, cause);
    link.failures = 0;
    this.#queue(link);
  }

  /** Forgets the present attempt and its successor. */
  #drop(link: Link): void {
    link.stream?.close();
    link.stream = undefined;
    this.#turns.release(link);
    clearTimeout(link.retry);
    link.retry = undefined;
  }

  #queue(link: Link): void {
    this.#turns.want(link, link.failures > 0);
    this.#openWaiting();
  }

  #openWaiting(): void {
    while (!this.#isStopped) {
      const link = this.#turns.next();
      if (link === undefined) return;
      assert(link.stream === undefined, 'a target has one stream');
      const place = this.#parts.discovery.places().get(link.target);
      link.place = place;
      if (place === undefined) this.#tell(link, NO_PLACE);
      else this.#open(link, place);
    }
  }

  #open(link: Link, place: Place): void {
    const how = `--tls, or ${INSECURE_DIAL_FLAG}`;
    const dialling = place.isPlaintext === true ? PLAINTEXT_ANYWHERE : this.#dialling;
    const problem = dialProblem(dialling, { path: 'its sidecar', address: place.address, how });
    if (problem !== undefined) {
      this.#closed(link, `it is not dialled in plaintext: ${problemLine(problem)}`);
      return;
    }
    this.#turns.take(link);
    const { clock, greeting, heartbeatMs } = this.#parts;
    link.stream = new ControlStream({
      target: link.target,
      place,
      // One object for all of a kind: grpc-js compares credentials by identity.
      credentials: dialling === this.#dialling ? this.#credentials : channelCredentials(dialling, 'sidecar'),
      hello: helloMessage(link.target, greeting(link.target), heartbeatMs),
      monotonicMs: () => clock().monotonicMs,
      onEvent: (event) => this.#take(link, event),
      onClosed: (cause) => this.#closed(link, cause),
    });
  }

  #take(link: Link, event: Event): boolean {
    if (event.type === 'welcome') {
      this.#turns.release(link);
      this.#away.delete(link);
      link.welcomedAtMs = this.#parts.clock().monotonicMs;
      link.told = '';
      this.#openWaiting();
    }
    return this.#parts.post(event);
  }

  #closed(link: Link, cause: string): void {
    const { clock, random } = this.#parts;
    this.#away.add(link);
    const away = this.#away.size;
    const pauseMs = pauseAfter(link, { nowMs: clock().monotonicMs, away, random: random() });
    this.#drop(link);
    this.#tell(link, cause);
    link.retry = setTimeout(() => this.#queue(link), pauseMs);
    this.#openWaiting();
  }

  /** Tells the core and the log once for each cause, however often it is tried again. */
  #tell(link: Link, cause: string): void {
    if (link.told === cause) return;
    link.told = cause;
    this.#parts.post({ type: 'disconnected', target: link.target, cause });
  }

  #followPlaces(): void {
    if (!this.#isStarted) return;
    const places = this.#parts.discovery.places();
    for (const link of this.#links.values()) {
      const place = places.get(link.target);
      const { address, podUid, sign } = link.place ?? {};
      if (place?.address !== address || place?.podUid !== podUid)
        this.#reopen(link, 'its address has changed');
      // Others than those that have moved, or may listen again, go on waiting for their next attempt.
      else if (place !== undefined && place.sign !== sign) this.#hurry(link, place);
    }
  }

  /** Its sidecar was started again, or has come further: the next attempt need not wait. One that is open stays. */
  #hurry(link: Link, place: Place): void {
    link.place = place;
    if (link.stream !== undefined || link.retry === undefined) return;
    this.#drop(link);
    link.failures = 0;
    this.#queue(link);
  }

  #closeSilent(): void {
    for (const { stream } of this.#links.values()) {
      if (stream === undefined) continue;
      const { isWelcomed, place } = stream;
      const why = silenceOf({ isWelcomed, place, silentMs: stream.silentMs() }, this.#parts.heartbeatMs);
      if (why !== undefined) stream.close(why);
    }
  }
}
