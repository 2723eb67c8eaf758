// Work that follows a changing picture: it is done whenever it is wanted, once at a time, and tried again until it
// succeeds. What was wanted meanwhile is one further time, with the picture of then.

import { setTimeout as sleep } from 'node:timers/promises';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { isFault } from './client/fault.ts';

/** Between two attempts, in milliseconds: the first, and the longest. */
export const RETRY_MS_MIN = 500;
export const RETRY_MS_MAX = 15_000;

/** As the longest, after an answer that only a person can change: a missing right. */
export const REFUSED_RETRY_MS = 60_000;

export type ErrandParts = {
  /** Does what the picture asks for now. Throws RunControlError when that came to nothing. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** Each new reason once, and undefined when it succeeded again. */
  readonly onTrouble: (trouble: RunControlError | undefined) => void;
  /** 0..1. */
  readonly random: () => number;
  /** `work` has thrown something else: a bug; the errand has ended. */
  readonly onFatal: (error: unknown) => void;
};

export class Errand implements AsyncDisposable {
  readonly #parts: ErrandParts;
  readonly #stopping = new AbortController();
  #isWanted = false;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #attempted = Promise.withResolvers<void>();
  #trouble: RunControlError | undefined;
  /** Between two attempts. */
  #pause = new AbortController();

  constructor(parts: ErrandParts) {
    this.#parts = parts;
  }

  /** Why the last attempt came to nothing; undefined when it succeeded. */
  get trouble(): RunControlError | undefined {
    return this.#trouble;
  }

  /**
   * Wants it at once, even where the last attempt has failed a moment ago; resolves once an attempt that began
   * after this call has ended, whatever came of it.
   */
  want(): Promise<void> {
    const attempted = this.#want();
    this.#pause.abort();
    return attempted;
  }

  /** Wants it in so many milliseconds, or sooner if that was asked for before. */
  wantIn(ms: number): void {
    if (this.#stopping.signal.aborted) return;
    const dueMs = performance.now() + ms;
    if (dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => void this.#want(), ms);
  }

  /** Gives up what is being done; nothing is begun any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#pause.abort();
    clearTimeout(this.#timer);
    await this.#running;
    this.#attempted.resolve();
  }

  #want(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
    if (this.#stopping.signal.aborted) return Promise.resolve();
    if (!this.#isWanted) this.#attempted = Promise.withResolvers<void>();
    this.#isWanted = true;
    this.#running ??= this.#run().catch(this.#parts.onFatal);
    return this.#attempted.promise;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; this.#isWanted && !signal.aborted; ) {
      this.#isWanted = false;
      const { resolve } = this.#attempted;
      const trouble = await this.#attempt(signal);
      resolve();
      failures = trouble === undefined ? 0 : failures + 1;
      if (trouble === undefined || isHopeless(trouble)) continue;
      if (!this.#isWanted) this.#attempted = Promise.withResolvers<void>();
      this.#isWanted = true;
      this.#pause = new AbortController();
      // The abort only shortens the wait.
      await sleep(retryMs(trouble, failures, this.#parts.random()), undefined, {
        signal: this.#pause.signal,
      }).catch(() => undefined);
    }
    this.#running = undefined;
  }

  async #attempt(signal: AbortSignal): Promise<RunControlError | undefined> {
    try {
      await this.#parts.work(signal);
      this.#tell(undefined);
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof RunControlError)) throw error;
      this.#tell(error);
      return error;
    }
  }

  #tell(trouble: RunControlError | undefined): void {
    const isNew = trouble?.message !== this.#trouble?.message;
    this.#trouble = trouble;
    if (isNew) this.#parts.onTrouble(trouble);
  }
}

/** The same object would be refused again, or what it belongs to is gone: only another picture can help. */
function isHopeless(trouble: RunControlError): boolean {
  return isFault(trouble, 'invalid', 'notFound');
}

function retryMs(trouble: RunControlError, failures: number, random: number): number {
  const max = isFault(trouble, 'forbidden') ? REFUSED_RETRY_MS : RETRY_MS_MAX;
  return Math.min(max, RETRY_MS_MIN * 2 ** Math.min(failures - 1, 10)) * (1 - random / 2);
}
