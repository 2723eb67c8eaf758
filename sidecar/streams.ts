// The streams to coordinators, as the shell sees them: where a message goes, and which states need no
// message of their own.

import type { RunControlError } from '../protos/failure/trouble.ts';
import type { UpMessage } from './rules/model.ts';

/** The end of one stream. It adds the State to what it sends. */
export type Outlet = {
  send(message: UpMessage): void;
  /** Ends the stream and says why. */
  close(why: RunControlError): void;
};

/** The coordinator's stream, if there is one, and the newest state number. */
export type Now = { readonly stream: number | undefined; readonly stateNumber: number };

export class Streams {
  readonly #outlets = new Map<number, Outlet>();
  readonly #now: () => Now;
  #lastId = 0;
  #told: Now = { stream: undefined, stateNumber: -1 };
  #isFlushDue = false;

  constructor(now: () => Now) {
    this.#now = now;
  }

  open(outlet: Outlet): number {
    this.#lastId += 1;
    this.#outlets.set(this.#lastId, outlet);
    return this.#lastId;
  }

  /** To the stream of the coordinator, or for a welcome to the one that said Hello. Nowhere if it is gone. */
  send(message: UpMessage): void {
    if (message.type === 'state') {
      this.#flushLater();
      return;
    }
    const now = this.#now();
    const id = message.type === 'welcome' ? message.stream : now.stream;
    if (id === undefined) return;
    this.#outlets.get(id)?.send(message);
    const embedsState = message.type === 'welcome' || message.type === 'answer';
    if (embedsState && id === now.stream) this.#told = now;
  }

  close(id: number, why: RunControlError): void {
    const outlet = this.#outlets.get(id);
    this.forget(id);
    outlet?.close(why);
  }

  forget(id: number): void {
    this.#outlets.delete(id);
  }

  closeAll(why: RunControlError): void {
    for (const id of [...this.#outlets.keys()]) this.close(id, why);
  }

  /** Changes that come in one turn of the loop are told as one, and not at all if an answer has told them. */
  #flushLater(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      const now = this.#now();
      if (now.stream === undefined) return;
      if (now.stream === this.#told.stream && now.stateNumber === this.#told.stateNumber) return;
      this.#told = now;
      this.#outlets.get(now.stream)?.send({ type: 'state' });
    });
  }
}
