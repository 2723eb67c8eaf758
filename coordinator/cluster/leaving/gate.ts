// Between the streams of a partition and its line of events. What a preStop hook means depends on whether its pod
// is being deleted, and a watch may tell so up to a second after the hook was called. So before the core sees that
// a target leaves there is one live look at its pod; until then what the target says is kept back, in its order.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { podDigest } from '../../../protos/identity.ts';
import type { Target } from '../../core/model/partition.ts';
import type { ReportedState } from '../../core/model/picture.ts';
import type { Event } from '../../core/model/turn.ts';
import { podOf } from '../../core/targets.ts';
import type { PodTracker } from '../pods/tracker.ts';
import type { Look } from '../pods/word.ts';

/** Events of one target that are kept back; one more ends its stream. */
export const HELD_MAX = 64;

/** How soon a pod that could not be looked at is looked at again, in milliseconds, doubling up to the longest. */
const DOUBT_MIN_MS = 1_000;
const DOUBT_MAX_MS = 8_000;

/** How soon events are offered again to a line that is full, in milliseconds. */
const ROOM_MS = 10;

/** Takes an event; false when there is no room for it. */
export type Post = (event: Event) => boolean;

export type GateParts = {
  readonly tracker: Pick<PodTracker, 'word' | 'learn' | 'doubt'>;
  /** A live look at the pod of a target, within half a second; undefined: nobody can tell. Never rejects. */
  readonly look: (target: Target, podUid: string) => Promise<Look['phase'] | undefined>;
  readonly log: Logger;
};

type Leaver = { readonly events: Event[] };

/** Until it is disposed of. */
export class LeavingGate implements AsyncDisposable {
  readonly #parts: GateParts;
  readonly #held = new Map<Target, Leaver>();
  /** Targets that leave, and whose pod was looked at since they do. */
  readonly #looked = new Set<Target>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** Passes an event of a stream on to `post`, now or after a look; false when there is no room for it. */
  hear(event: Event, post: Post): boolean {
    if (!('target' in event)) return post(event);
    const { target } = event;
    const held = this.#held.get(target);
    if (held === undefined && !this.#needsLook(event)) return this.#pass(event, post);
    if (held === undefined) {
      this.#held.set(target, { events: [event] });
      this.#own(this.#release(target, post));
      return true;
    }
    // The end of a stream is always taken.
    if (held.events.length >= HELD_MAX && event.type !== 'disconnected') return false;
    held.events.push(event);
    return true;
  }

  /** Drops what is kept back, and waits for looks that go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#tasks);
  }

  #own(task: Promise<void>): void {
    const owned = task.finally(() => this.#tasks.delete(owned));
    this.#tasks.add(owned);
  }

  #pass(event: Event, post: Post): boolean {
    const state = stateOf(event);
    if (state?.leaving === false && 'target' in event) this.#looked.delete(event.target);
    return post(event);
  }

  /** Only of a pod that the informer knows, and does not know to be going. */
  #needsLook(event: Event): boolean {
    const incarnation = leaverOf(event);
    if (incarnation === undefined || !('target' in event)) return false;
    // Each call of the hook is a question of its own; that it still leaves is none.
    if (event.type !== 'leaving' && this.#looked.has(event.target)) return false;
    const word = this.#parts.tracker.word(event.target);
    return word?.phase === 'running' && podDigest(word.podUid) === podOf(incarnation);
  }

  async #release(target: Target, post: Post): Promise<void> {
    const { signal } = this.#stopping;
    const events = this.#held.get(target)?.events ?? [];
    for (let event = events[0]; event !== undefined && !signal.aborted; event = events[0]) {
      if (this.#needsLook(event)) await this.#look(target);
      while (!signal.aborted && !this.#pass(event, post)) await sleep(ROOM_MS);
      events.shift();
    }
    this.#held.delete(target);
  }

  async #look(target: Target): Promise<void> {
    const { tracker, look, log } = this.#parts;
    const word = tracker.word(target);
    this.#looked.add(target);
    if (word === undefined) return;
    const { podUid } = word;
    const phase = await look(target, podUid);
    log.info({ target, podUid, phase }, 'target leaves, its pod was looked at');
    if (phase !== undefined) return tracker.learn(target, { podUid, phase });
    tracker.doubt(target);
    this.#own(this.#lookAgain(target, podUid));
  }

  /** It stops by itself meanwhile. Whether it may return to service is told once the pod can be looked at. */
  async #lookAgain(target: Target, podUid: string): Promise<void> {
    const { tracker, look } = this.#parts;
    const { signal } = this.#stopping;
    for (let waitMs = DOUBT_MIN_MS; !signal.aborted; waitMs = Math.min(DOUBT_MAX_MS, 2 * waitMs)) {
      // The abort only shortens the wait.
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      const phase = signal.aborted ? undefined : await look(target, podUid);
      if (phase !== undefined) return tracker.learn(target, { podUid, phase });
    }
  }
}

/** The life that an event tells to be leaving. */
function leaverOf(event: Event): ReportedState['incarnation'] | undefined {
  if (event.type === 'leaving') return event.done ? undefined : event.incarnation;
  const state = stateOf(event);
  return state?.leaving === true ? state.incarnation : undefined;
}

function stateOf(event: Event): ReportedState | undefined {
  return event.type === 'welcome' || event.type === 'state' || event.type === 'answer'
    ? event.state
    : undefined;
}
