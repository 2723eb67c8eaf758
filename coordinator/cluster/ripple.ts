// Waiting for the next change of a picture.

import type { RunControlError } from '../../protos/failure/trouble.ts';

type Waiter = { readonly resolve: () => void; readonly reject: (why: RunControlError) => void };

/** What changes is told by `wake`; when there will be nothing to wait for any more, by `end`. */
export class Ripple {
  readonly #waiters = new Set<Waiter>();
  #ended: RunControlError | undefined;

  /** Something has changed: whoever waits looks again. */
  wake(): void {
    for (const { resolve } of [...this.#waiters]) resolve();
  }

  /** Whoever waits, and whoever waits later, is told why. */
  end(why: RunControlError): void {
    this.#ended = why;
    for (const { reject } of [...this.#waiters]) reject(why);
  }

  /** Resolves at the next change, and when `signal` aborts. Throws what `end` is told. */
  async next(signal: AbortSignal): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    if (signal.aborted) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { resolve, reject };
    const onAbort = () => resolve();
    this.#waiters.add(waiter);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      this.#waiters.delete(waiter);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
