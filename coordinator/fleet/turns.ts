// Who is dialled now, and who waits for a turn.

/** Takers of a limited number of turns, in the order in which they asked; who had one in vain comes after all others. */
export class Turns<T> {
  readonly #max: number;
  readonly #againMax: number;
  readonly #waiting = new Set<T>();
  readonly #waitingAgain = new Set<T>();
  readonly #taken = new Set<T>();

  /** `max` turns in all; those who had one in vain get none beyond `againMax`. */
  constructor(max: number, againMax: number) {
    this.#max = max;
    this.#againMax = againMax;
  }

  /** It waits for a turn, for the first time or once more; who waits already keeps its place. */
  want(taker: T, isAgain: boolean): void {
    const [line, other] = isAgain ? [this.#waitingAgain, this.#waiting] : [this.#waiting, this.#waitingAgain];
    other.delete(taker);
    line.add(taker);
  }

  /** The next one, who waits no more; undefined: nobody waits, or there is no turn. */
  next(): T | undefined {
    return this.#first(this.#waiting, this.#max) ?? this.#first(this.#waitingAgain, this.#againMax);
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
    this.#waitingAgain.delete(taker);
  }

  #first(line: Set<T>, max: number): T | undefined {
    if (this.#taken.size >= max) return undefined;
    const [first] = line;
    if (first !== undefined) line.delete(first);
    return first;
  }
}
