// Writes Events. Nobody waits for one, and one that cannot be written is not worth more than a line of the log.

import { isFault } from '../client/fault.ts';
import { apiVersionOf, EVENTS, PARTITIONS } from '../client/resource.ts';
import { Errand } from '../errand.ts';
import type { Publishing } from '../publishing.ts';
import { eventBody, eventName, seriesPatch } from './body.ts';
import { type Book, type EventWrite, emptyBook, enter } from './book.ts';
import type { Note } from './note.ts';

/** Events that wait while the API server is away; the oldest are let go. */
export const EVENTS_WAITING_MAX = 32;

type Waiting = { readonly write: EventWrite; readonly atMs: number };

export class EventWriter implements AsyncDisposable {
  readonly #publishing: Publishing;
  readonly #errand: Errand;
  #book: Book;
  #waiting: Waiting[] = [];

  constructor(publishing: Publishing) {
    this.#publishing = publishing;
    this.#book = emptyBook(publishing.clock().monotonicMs);
    const { random, onFatal, log } = publishing;
    this.#errand = new Errand({
      work: (signal) => this.#write(signal),
      onTrouble: (trouble) => {
        if (trouble !== undefined) log.warn({ err: trouble }, 'events are not written');
      },
      random,
      onFatal,
    });
  }

  /** Tells something, unless it was told already. False when too much was told of late: what still holds may be told again. */
  note(note: Note): boolean {
    const { monotonicMs, wallMs } = this.#publishing.clock();
    const { book, write } = enter(this.#book, note, monotonicMs);
    this.#book = book;
    if (write === undefined) return book.noted.has(note.key);
    this.#waiting = [...this.#waiting, { write, atMs: wallMs }].slice(-EVENTS_WAITING_MAX);
    this.#errand.wantIn(0);
    return true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#errand[Symbol.asyncDispose]();
  }

  async #write(signal: AbortSignal): Promise<void> {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      await this.#send(first, signal);
      this.#waiting = this.#waiting.filter((each) => each !== first);
    }
  }

  /** An Event that is there was told by the leader before us; one that is gone has grown old. */
  async #send({ write, atMs }: Waiting, signal: AbortSignal): Promise<void> {
    const { client, instance, partition, log } = this.#publishing;
    const { namespace, name, uid } = partition();
    try {
      if (write.kind === 'create') {
        const body = eventBody(write.name, write.note, {
          regarding: { apiVersion: apiVersionOf(PARTITIONS), kind: PARTITIONS.kind, namespace, name, uid },
          instance,
          nowMs: atMs,
        });
        await client.create(EVENTS, { namespace }, body, { signal });
      } else {
        const where = { namespace, name: eventName(name, write.name) };
        await client.patch(
          EVENTS,
          where,
          { kind: 'merge', body: seriesPatch(write.count, atMs) },
          { signal },
        );
      }
    } catch (error) {
      if (isFault(error, 'exists', 'notFound')) return;
      if (!isFault(error, 'invalid')) throw error;
      log.warn({ err: error }, 'an event is refused');
    }
  }
}
