// Builds trigger records from fragments. Pure: time arrives with each call.

import type { Fragment } from '../wire/fragment.ts';

export type Piece = { readonly fragment: Fragment; readonly bytes: Buffer };

/** A record, or with a sequence above 0 what came for it after it had been passed on. */
export type Part = {
  readonly number: number;
  readonly timestampNs: bigint;
  readonly sequence: number;
  readonly incomplete: boolean;
  readonly fragments: readonly Buffer[];
};

type Open = {
  readonly timestampNs: bigint;
  readonly deadlineMs: number;
  readonly pieces: Map<number, Buffer>;
};

/** The records of one run at one builder. It discards nothing: every fragment leaves in exactly one part. */
export class Assembly {
  readonly #readouts: number;
  readonly #limitMs: number;
  readonly #openMax: number;
  readonly #open = new Map<number, Open>();
  #highest = 0;
  #late = 0;

  /** `openMax`: records under assembly; beyond it the oldest is passed on as it is. */
  constructor(options: { readonly readouts: number; readonly limitMs: number; readonly openMax: number }) {
    this.#readouts = options.readouts;
    this.#limitMs = options.limitMs;
    this.#openMax = options.openMax;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Fragments that came after their record had been passed on. */
  get late(): number {
    return this.#late;
  }

  /** Takes a fragment; gives the parts that are to be passed on now. */
  add(piece: Piece, nowMs: number): readonly Part[] {
    const { number, readout, timestampNs } = piece.fragment;
    const present = this.#open.get(number);
    // Readouts get all decisions in the same order, so a number below the highest that is not open was
    // passed on before. A second fragment of one readout is no reason to lose it: the verifier will tell.
    if (present?.pieces.has(readout) || (present === undefined && number <= this.#highest)) {
      return [this.#latePart(piece)];
    }
    const open = present ?? {
      timestampNs,
      deadlineMs: nowMs + this.#limitMs,
      pieces: new Map<number, Buffer>(),
    };
    open.pieces.set(readout, piece.bytes);
    this.#open.set(number, open);
    this.#highest = Math.max(this.#highest, number);
    if (open.pieces.size === this.#readouts) return [this.#pass(number, open)];
    return this.#open.size > this.#openMax ? this.#oldest(1) : [];
  }

  /** The records whose time limit is over. */
  expire(nowMs: number): readonly Part[] {
    // Records are opened in the order of their deadlines, and a Map keeps that order.
    let count = 0;
    for (const { deadlineMs } of this.#open.values()) {
      if (deadlineMs > nowMs) break;
      count += 1;
    }
    return this.#oldest(count);
  }

  /** All that are open, as they are: nothing more can come. */
  flush(): readonly Part[] {
    return this.#oldest(this.#open.size);
  }

  #oldest(count: number): readonly Part[] {
    return [...this.#open.entries().take(count)].map(([number, open]) => this.#pass(number, open));
  }

  #pass(number: number, open: Open): Part {
    this.#open.delete(number);
    const fragments = [...open.pieces.entries()]
      .sort(([left], [right]) => left - right)
      .map(([, bytes]) => bytes);
    const incomplete = fragments.length < this.#readouts;
    return { number, timestampNs: open.timestampNs, sequence: 0, incomplete, fragments };
  }

  #latePart({ fragment, bytes }: Piece): Part {
    this.#late += 1;
    const { number, timestampNs } = fragment;
    return { number, timestampNs, sequence: this.#late, incomplete: true, fragments: [bytes] };
  }
}
