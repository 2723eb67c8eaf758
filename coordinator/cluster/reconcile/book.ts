// The facts that the reconciler tells of one Partition, as conditions and to whoever calls for it.

import type { Fact, Facts } from '../status/conditions.ts';

export const ACCEPTED: Fact = { status: 'True', reason: 'Valid', message: '' };
export const FOUND: Fact = { status: 'True', reason: 'Found', message: '' };
export const LED: Fact = { status: 'True', reason: 'Leading', message: '' };
export const MANAGED: Fact = { status: 'True', reason: 'Written', message: '' };

/** One fact of each type; `onNews` is told of each that is another than before. */
export class FactBook {
  readonly #onNews: (type: string, fact: Fact) => void;
  #facts: Facts = {};

  constructor(onNews: (type: string, fact: Fact) => void) {
    this.#onNews = onNews;
  }

  get facts(): Facts {
    return this.#facts;
  }

  /** What is wrong, one sentence each. */
  get troubles(): readonly string[] {
    const wrong = Object.values(this.#facts).filter(({ status }) => status === 'False');
    return wrong.map(({ message }) => message);
  }

  set(type: string, fact: Fact): void {
    const before = this.#facts[type];
    const isSame =
      before?.status === fact.status && before.message === fact.message && before.reason === fact.reason;
    if (isSame) return;
    this.#facts = { ...this.#facts, [type]: fact };
    this.#onNews(type, fact);
  }

  /** That something does not hold, and why. */
  deny(type: string, reason: string, message: string): void {
    this.set(type, { status: 'False', reason, message });
  }
}
