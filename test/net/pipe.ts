// One direction of a connection through the proxy.

import type { Socket } from 'node:net';

/** `up`: what the client says. `down`: what comes back to it. */
export type Direction = 'up' | 'down';

/** What is on its way: bytes, or the end of what one side says. */
type Parcel = { readonly bytes: Buffer | 'end'; readonly dueMs: number };

/** Carries what `source` says to `sink`, in order: at once, late, or not before it is let go. */
export class Pipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #delayMs: () => number;
  readonly #parcels: Parcel[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isHeld = false;
  #isStopped = false;

  constructor(source: Socket, sink: Socket, delayMs: () => number) {
    this.#source = source;
    this.#sink = sink;
    this.#delayMs = delayMs;
    source.on('data', (bytes: Buffer) => this.#take(bytes));
    source.on('end', () => this.#take('end'));
  }

  /** Parcels on their way. */
  get carried(): number {
    return this.#parcels.length;
  }

  /** Lets nothing through while it is held. What the kernels hold back then is delivered afterwards. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) this.#source.pause();
    else this.#source.resume();
    this.#deliver();
  }

  /** Nothing arrives any more, whatever is said. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#parcels.length = 0;
  }

  #take(bytes: Buffer | 'end'): void {
    if (this.#isStopped) return;
    // A shorter delay must not let later bytes overtake.
    const dueMs = Math.max(performance.now() + this.#delayMs(), this.#parcels.at(-1)?.dueMs ?? 0);
    this.#parcels.push({ bytes, dueMs });
    this.#deliver();
  }

  #deliver(): void {
    clearTimeout(this.#timer);
    while (!this.#isHeld && !this.#isStopped) {
      const [parcel] = this.#parcels;
      if (parcel === undefined) return;
      const waitMs = parcel.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#deliver(), waitMs);
        return;
      }
      this.#parcels.shift();
      if (parcel.bytes === 'end') this.#sink.end();
      else this.#sink.write(parcel.bytes);
    }
  }
}
