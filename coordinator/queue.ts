import type { Event } from './core/model/turn.ts';

/** Events that wait for their turn. A sidecar whose event finds no room loses its stream, a client gets LIMIT. */
export const EVENTS_QUEUED_MAX = 65_536;

/** Events in the order in which they came: taken from the front of an array that is let go once it is used up. */
export class EventQueue {
  #events: Event[] = [];
  /** How many of `#events` were taken. */
  #taken = 0;

  /** True from EVENTS_QUEUED_MAX on: for who adds to decide about. */
  get isFull(): boolean {
    return this.#events.length - this.#taken >= EVENTS_QUEUED_MAX;
  }

  add(event: Event): void {
    this.#events.push(event);
  }

  /** The oldest; undefined when there is none. */
  take(): Event | undefined {
    if (this.#taken === this.#events.length) {
      this.clear();
      return undefined;
    }
    const event = this.#events[this.#taken];
    this.#taken += 1;
    return event;
  }

  clear(): void {
    this.#events = [];
    this.#taken = 0;
  }
}
