import { RunControlError } from '../protos/failure/trouble.ts';
import type { Caller, Response } from './core/model/turn.ts';

/** Calls of clients that wait for an answer. */
export const CALLERS_MAX = 1_024;

/** Who waits for an answer of one line of events. */
export class Callers {
  #last: Caller = 0;
  readonly #waiting = new Map<Caller, (response: Response) => void>();

  /** Somebody else waits. Throws RunControlError LIMIT when too many do already. */
  open(): { readonly caller: Caller; readonly answered: Promise<Response> } {
    if (this.#waiting.size >= CALLERS_MAX) {
      throw new RunControlError('LIMIT', `${CALLERS_MAX} calls wait for an answer; ask again later`);
    }
    this.#last += 1;
    const { promise: answered, resolve } = Promise.withResolvers<Response>();
    this.#waiting.set(this.#last, resolve);
    return { caller: this.#last, answered };
  }

  answer(caller: Caller, response: Response): void {
    this.#waiting.get(caller)?.(response);
    this.#waiting.delete(caller);
  }

  /** Whoever called is told elsewhere. */
  close(caller: Caller): void {
    this.#waiting.delete(caller);
  }

  answerAll(response: Response): void {
    for (const answer of this.#waiting.values()) answer(response);
    this.#waiting.clear();
  }
}
