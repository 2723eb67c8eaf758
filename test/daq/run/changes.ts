/** Lets a transition wait for a condition that other events bring about, without polling. */
export class Changes {
  readonly #waiters = new Set<() => void>();

  /** Says that something changed: every waiting condition is looked at again. */
  notify(): void {
    for (const look of this.#waiters) look();
  }

  /** True as soon as the condition holds; false when the signal ends the wait first. Never throws. */
  until(condition: () => boolean, signal: AbortSignal): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (held: boolean): void => {
        this.#waiters.delete(look);
        signal.removeEventListener('abort', giveUp);
        resolve(held);
      };
      const look = (): void => {
        if (condition()) settle(true);
      };
      const giveUp = (): void => settle(condition());
      this.#waiters.add(look);
      signal.addEventListener('abort', giveUp);
    });
  }
}
