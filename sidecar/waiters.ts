import { RunControlError } from '../protos/failure/trouble.ts';

/** Whether everything was stopped in order, and one sentence for people. */
export type PreStopAnswer = { readonly clean: boolean; readonly sentence: string };

/** Calls of the preStop hook that may wait at once. A kubelet makes one; its restart one more. */
export const PRE_STOP_WAITERS_MAX = 64;

/** Those who wait for the one stop of a sidecar. */
export class PreStopWaiters {
  readonly #waiting = new Set<(answer: PreStopAnswer) => void>();

  /** Resolves with the next answer. Throws RunControlError LIMIT beyond PRE_STOP_WAITERS_MAX. */
  wait(): Promise<PreStopAnswer> {
    if (this.#waiting.size >= PRE_STOP_WAITERS_MAX) {
      throw new RunControlError('LIMIT', `${PRE_STOP_WAITERS_MAX} calls of the preStop hook already wait`);
    }
    const { promise, resolve } = Promise.withResolvers<PreStopAnswer>();
    this.#waiting.add(resolve);
    return promise;
  }

  answer(answer: PreStopAnswer): void {
    for (const resolve of this.#waiting) resolve(answer);
    this.#waiting.clear();
  }
}
