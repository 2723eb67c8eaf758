// Attaching again and again: at once after an attachment that held, later and later after those that did not.

import type { Clock } from '../clock.ts';
import type { ProcessEvent } from './adapter.ts';

/** Between two attempts to attach, in milliseconds: doubles from the first to the last. */
export const BACKOFF_FIRST_MS = 50;
export const BACKOFF_LAST_MS = 1_000;

/** An attachment that held for so long, in milliseconds, is renewed at once when it ends. */
const STEADY_MS = 1_000;

export type AttemptsOptions = {
  readonly clock: Clock;
  readonly nextAttachment: () => number;
  /** Tries to attach under that number; every try ends with one call of `failed` or `ended`. */
  readonly attach: (id: number) => void;
};

export class Attempts {
  readonly #options: AttemptsOptions;
  #tell: (event: ProcessEvent) => void = () => {};
  #disarm: () => void = () => {};
  #failures = 0;
  #begunMs = 0;
  #lastCause = '';
  #stopped = false;

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  start(tell: (event: ProcessEvent) => void): void {
    this.#tell = tell;
    this.#again();
  }

  /** Nothing is tried and nothing told any more. */
  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  /** The process was greeted: from here it counts how long the attachment holds. */
  begun(): void {
    this.#begunMs = this.#options.clock.nowMs();
  }

  /** Something that an attachment tells. */
  heard(event: ProcessEvent): void {
    if (this.#stopped) return;
    this.#lastCause = '';
    this.#tell(event);
  }

  /** An attachment that had begun is over. */
  ended(id: number, cause: string): void {
    if (this.#options.clock.nowMs() - this.#begunMs >= STEADY_MS) this.#failures = 0;
    this.failed(id, cause);
  }

  /** An attachment could not begin. A cause is told once, however often it comes again. */
  failed(id: number, cause: string, delayMsMax = BACKOFF_LAST_MS): void {
    if (this.#stopped) return;
    const delayMs = Math.min(this.#backoffMs(), delayMsMax);
    this.#failures += 1;
    this.#disarm = this.#options.clock.after(delayMs, () => this.#again());
    if (cause === this.#lastCause) return;
    this.#lastCause = cause;
    this.#tell({ type: 'detached', attachment: id, cause });
  }

  #again(): void {
    this.#options.attach(this.#options.nextAttachment());
  }

  #backoffMs(): number {
    return this.#failures === 0 ? 0 : Math.min(BACKOFF_FIRST_MS * 2 ** (this.#failures - 1), BACKOFF_LAST_MS);
  }
}
