// End-of-run markers: what has come from each process upstream, and whether that is all.

export type Verdict =
  | { readonly kind: 'complete' }
  | { readonly kind: 'waiting'; readonly cause: string }
  | { readonly kind: 'mismatch'; readonly cause: string };

/** Counts one run's arrivals by the name of the process that sent them. */
export class Arrivals {
  readonly #received = new Map<string, number>();
  readonly #markers = new Map<string, number>();
  readonly #left = new Set<string>();
  /** What is counted, for sentences: `fragments`. */
  readonly #things: string;

  constructor(things: string) {
    this.#things = things;
  }

  received(name: string): number {
    return this.#received.get(name) ?? 0;
  }

  arrived(name: string): void {
    this.#received.set(name, this.received(name) + 1);
  }

  /** The peer says that it sent `count` things in this run, and that no more will come. */
  marked(name: string, count: number): void {
    this.#markers.set(name, count);
  }

  /** The peer is gone. Should it come back in this run, it is another life and owes us nothing. */
  left(name: string): void {
    this.#left.add(name);
  }

  /**
   * Whether everything has come from those upstream that are still there. A link keeps the order, so once
   * the marker is here nothing that came before it can still be under way: other counts are a loss.
   */
  judge(live: readonly string[]): Verdict {
    const wrong = [...this.#markers].filter(([name, count]) => count !== this.received(name));
    if (wrong.length > 0)
      return { kind: 'mismatch', cause: wrong.map((each) => this.#wrong(...each)).join('; ') };
    const missing = live.filter((name) => !this.#markers.has(name) && !this.#left.has(name));
    if (missing.length === 0) return { kind: 'complete' };
    return { kind: 'waiting', cause: missing.map((name) => this.#waiting(name)).join('; ') };
  }

  #wrong(name: string, count: number): string {
    return `${name} sent ${count} ${this.#things}, ${this.received(name)} came`;
  }

  #waiting(name: string): string {
    return `no end-of-run marker from ${name} after ${this.received(name)} ${this.#things}`;
  }
}
