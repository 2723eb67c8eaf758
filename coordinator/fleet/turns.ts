// Who is dialled now, and who waits for a turn.

/** Takers of a limited number of turns, in the order in which they asked. */
export class Turns<T> {
  readonly #max: number;
  readonly #waiting = new Set<T>();
  readonly #taken = new Set<T>();

  constructor(max: number) {
    this.#max = max;
  }

  /** It waits for a turn; who waits already keeps its place. */
  want(taker: T): void {
    this.#waiting.add(taker);
  }

  /** The next one, who waits no more; undefined: nobody waits, or there is no turn. */
  next(): T | undefined {
    if (this.#taken.size >= this.#max) return undefined;
    const [first] = this.#waiting;
    if (first !== undefined) this.#waiting.delete(first);
    return first;
  }

  /** It has its turn, until it is released. */
  take(taker: T): void {
    this.#taken.add(taker);
  }

  release(taker: T): void {
    this.#taken.delete(taker);
  }

  /** It neither has a turn nor waits for one. */
  forget(taker: T): void {
    this.#taken.delete(taker);
    this.#waiting.delete(taker);
  }
}
