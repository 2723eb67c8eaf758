// Keeps an eye on who can be commanded: tells when targets fall silent, and which ones were never heard.

import type { Target } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';
import type { Publishing } from '../publishing.ts';
import { look, lostDueMs, newSight, takeLost } from './lost.ts';
import { lostNote, type Note, unheardNote } from './note.ts';
import { lookForUnheard, newUnheard, takeUnheard, unheardDueMs } from './unheard.ts';

export class SightWatch implements Disposable {
  readonly #clock: Publishing['clock'];
  readonly #core: () => Core | undefined;
  readonly #tell: (note: Note) => void;
  readonly #sight = newSight();
  readonly #unheard = newUnheard();
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(
    { clock }: Pick<Publishing, 'clock'>,
    { core, tell }: { readonly core: () => Core | undefined; readonly tell: (note: Note) => void },
  ) {
    this.#clock = clock;
    this.#core = core;
    this.#tell = tell;
  }

  /** Something was seen of `target`. */
  saw(core: Core, target: Target): void {
    const nowMs = this.#clock().monotonicMs;
    look(this.#sight, core, target, nowMs);
    lookForUnheard(this.#unheard, core, target, nowMs);
    this.#watch();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** With the soonest of those who wait; who is lost is told sooner than who was never heard. */
  #watch(): void {
    const dues = [lostDueMs(this.#sight), unheardDueMs(this.#unheard)].filter((due) => due !== undefined);
    const dueMs = Math.min(...dues);
    if (dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.#due(), Math.max(0, dueMs - this.#clock().monotonicMs));
  }

  #due(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock().monotonicMs;
    const lost = takeLost(this.#sight, nowMs);
    const unheard = takeUnheard(this.#unheard, nowMs);
    const core = this.#core();
    if (core !== undefined && lost.length > 0) this.#tell(lostNote(core, lost));
    if (core !== undefined && unheard.length > 0) this.#tell(unheardNote(core, unheard));
    this.#watch();
  }
}
