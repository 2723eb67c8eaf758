import { assert } from '../protos/failure/invariant.ts';
import { TIMEOUT_MS_MAX } from '../protos/machine/limits.ts';
import type { Deadline, Event } from './core/model/turn.ts';

/** The timers of one line of events, whose end is an event; until they are disposed of. */
export class Alarms implements Disposable {
  readonly #post: (event: Event) => void;
  readonly #waves = new Map<NodeJS.Timeout, Deadline>();
  #hearing: NodeJS.Timeout | undefined;

  constructor(post: (event: Event) => void) {
    this.#post = post;
  }

  /** The deadlines of waves that are past would be ignored; they are not kept either. */
  arm(deadline: Deadline, afterMs: number): void {
    assert(afterMs <= TIMEOUT_MS_MAX, 'a longer timer would fire at once');
    for (const [timer, { number, step, wave }] of this.#waves) {
      if (number === deadline.number && step === deadline.step && wave === deadline.wave) continue;
      clearTimeout(timer);
      this.#waves.delete(timer);
    }
    const timer = setTimeout(() => {
      this.#waves.delete(timer);
      this.#post({ type: 'deadline', deadline });
    }, afterMs);
    this.#waves.set(timer, deadline);
  }

  /** Word of every target is waited for no longer than that. */
  hear(afterMs: number): void {
    this.heard();
    this.#hearing = setTimeout(() => this.#post({ type: 'heardEnough' }), afterMs);
  }

  /** Everybody was heard of. */
  heard(): void {
    clearTimeout(this.#hearing);
    this.#hearing = undefined;
  }

  [Symbol.dispose](): void {
    this.heard();
    for (const timer of this.#waves.keys()) clearTimeout(timer);
    this.#waves.clear();
  }
}
