import { setTimeout as pause } from 'node:timers/promises';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Changes } from '../run/changes.ts';
import { connectLink, type Doorway, openDoorway } from './handshake.ts';
import type { Link, LinkEvents } from './link.ts';
import type { Message } from './messages.ts';
import type { Places } from './places.ts';

/** Above this many bytes waiting for one peer a process takes no more from those before it. */
export const OUTBOX_BYTES_MAX = 4_194_304;

/** Between two attempts to connect, in milliseconds. */
const RETRY_MS = 100;

export type LinksOptions = {
  readonly name: string;
  readonly places: Places;
  readonly changes: Changes;
  /** Whether a process of this name may connect to us now. */
  readonly admits: (peer: string) => boolean;
  readonly onMessage: (from: string, message: Message) => void;
  /** A link of this peer stands, made by it or by us. */
  readonly onLink: (peer: string) => void;
  /** The peer's link has ended; `bye`: on purpose, with nothing under way. */
  readonly onGone: (peer: string, end: { readonly bye: boolean; readonly cause: string }) => void;
};

/** All data links of one process: those it takes and those it makes. A newer link of a peer replaces the older. */
export class Links {
  readonly #options: LinksOptions;
  readonly #incoming = new Map<string, Link>();
  readonly #outgoing = new Map<string, Link>();
  #doorway: Doorway | undefined;

  constructor(options: LinksOptions) {
    this.#options = options;
  }

  /** Takes connections from now on, and tells the peers where. */
  async listen(): Promise<void> {
    const { places } = this.#options;
    this.#doorway = await openDoorway({
      self: this.#self,
      listen: places.listen,
      admits: this.#options.admits,
      events: this.#events(this.#incoming),
      onLink: (link) => this.#add(this.#incoming, link),
    });
    places.tell(this.#doorway.port);
  }

  /**
   * Connects to all of `peers` that have no link yet, again and again until the signal ends it. Names in
   * the result are those that did not answer, each with the last cause.
   */
  async connect(peers: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const causes = await Promise.all(peers.map((peer) => this.#connectOne(peer, signal)));
    return causes.filter((cause) => cause !== undefined);
  }

  /** True when the process of that name has a link that we made. */
  reaches(peer: string): boolean {
    return this.#outgoing.get(peer)?.live ?? false;
  }

  /** Names of those who have a link to us, in the order of their names. */
  incoming(): readonly string[] {
    return [...this.#incoming.keys()].sort();
  }

  /** Queues a message on the link to or from this peer; false when there is none, and then it is not sent. */
  send(peer: string, message: Message): boolean {
    const link = this.#outgoing.get(peer) ?? this.#incoming.get(peer);
    const sent = link?.send(message) ?? false;
    if (this.congested) for (const each of this.#incoming.values()) each.pause();
    return sent;
  }

  /** Bytes that wait for the peers we connected to. */
  get queuedBytes(): number {
    return this.#outgoing.values().reduce((sum, link) => sum + link.queuedBytes, 0);
  }

  /** True when more than OUTBOX_BYTES_MAX waits for one peer: no more is read until it is taken. */
  get congested(): boolean {
    return this.#outgoing.values().some((link) => link.queuedBytes > OUTBOX_BYTES_MAX);
  }

  /** Ends all links; the doorway stays. `bye` tells the peers that it is on purpose. */
  disconnect(options: { readonly bye: boolean }): void {
    for (const link of [...this.#outgoing.values(), ...this.#incoming.values()]) {
      if (options.bye) link.send({ kind: 'bye' });
      link.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disconnect({ bye: false });
    await this.#doorway?.close();
  }

  get #self(): { name: string; daq: string } {
    return { name: this.#options.name, daq: this.#options.places.daq };
  }

  async #connectOne(peer: string, signal: AbortSignal): Promise<string | undefined> {
    let cause = `${peer} was not tried`;
    while (!this.reaches(peer)) {
      if (signal.aborted) return cause;
      try {
        const link = await connectLink({
          self: this.#self,
          peer,
          // Anew for each attempt: a process that was started again is somewhere else.
          place: this.#options.places.find(peer),
          events: this.#events(this.#outgoing),
        });
        this.#add(this.#outgoing, link);
      } catch (error) {
        if (!(error instanceof RunControlError)) throw error;
        cause = error.message;
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  #add(links: Map<string, Link>, link: Link): void {
    const older = links.get(link.peer);
    links.set(link.peer, link);
    older?.close();
    this.#options.onLink(link.peer);
    this.#options.changes.notify();
  }

  #events(links: Map<string, Link>): LinkEvents {
    const { changes } = this.#options;
    const leaving = new Set<Link>();
    return {
      onMessage: (link, message) => {
        if (message.kind === 'bye') leaving.add(link);
        else this.#options.onMessage(link.peer, message);
        changes.notify();
      },
      onGone: (link, cause) => {
        const bye = leaving.delete(link);
        // A replaced link ends too, but its peer is still there.
        if (links.get(link.peer) !== link) return;
        links.delete(link.peer);
        this.#options.onGone(link.peer, { bye, cause });
        this.#relieve();
      },
      onDrained: () => this.#relieve(),
    };
  }

  #relieve(): void {
    if (!this.congested) for (const link of this.#incoming.values()) link.resume();
    this.#options.changes.notify();
  }
}
