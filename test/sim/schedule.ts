type Entry = { readonly atMs: number; readonly order: number; readonly run: () => void };

/** Simulated time: what is due first happens first; what is due together happens in the order it was asked. */
export class Schedule {
  nowMs = 0;
  /** How many things have happened. */
  events = 0;
  #order = 0;
  readonly #heap: Entry[] = [];

  /** Runs `run` when `afterMs` have passed. */
  after(afterMs: number, run: () => void): void {
    this.#order += 1;
    this.#heap.push({ atMs: this.nowMs + Math.max(0, afterMs), order: this.#order, run });
    this.#up(this.#heap.length - 1);
  }

  /** Lets time pass until `untilMs`, or until `done` says so. */
  run(untilMs: number, done: () => boolean = () => false): void {
    while (!done()) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > untilMs) break;
      this.#pop();
      this.nowMs = first.atMs;
      this.events += 1;
      first.run();
    }
    if (!done()) this.nowMs = Math.max(this.nowMs, untilMs);
  }

  #up(from: number): void {
    const heap = this.#heap;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#swapIfEarlier(heap, i, parent)) return;
      i = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      const child = right < heap.length && isEarlier(heap[right], heap[left]) ? right : left;
      if (child >= heap.length || !this.#swapIfEarlier(heap, child, i)) return;
      i = child;
    }
  }

  #swapIfEarlier(heap: Entry[], child: number, parent: number): boolean {
    const a = heap[child];
    const b = heap[parent];
    if (a === undefined || b === undefined || !isEarlier(a, b)) return false;
    heap[child] = b;
    heap[parent] = a;
    return true;
  }
}

function isEarlier(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
