/** Wakes who waits; nothing that was told between two waits is lost. */
export class Signal {
  readonly #signal: AbortSignal;
  #wake = Promise.withResolvers<void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.tell(), { once: true });
  }

  tell(): void {
    this.#wake.resolve();
  }

  /** Resolves once it has been told since the last wait, or after `ms`, or when the signal has aborted. */
  async wait(ms: number): Promise<void> {
    if (this.#signal.aborted) return;
    const timer = setTimeout(() => this.tell(), ms);
    await this.#wake.promise;
    clearTimeout(timer);
    this.#wake = Promise.withResolvers<void>();
  }
}
