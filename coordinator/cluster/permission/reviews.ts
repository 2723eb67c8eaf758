// What the API server was asked about callers, remembered for a short while: it is asked once for many calls, what it
// takes back stops counting soon, and who was allowed stays so while it is away.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import { isFault } from '../client/fault.ts';

/** How long a yes counts, in milliseconds: a token that is revoked works no longer than this. */
export const ALLOWED_MS = 10_000;

/** How long a no counts, in milliseconds: a right that was just granted should work at the next try. */
export const DENIED_MS = 2_000;

/** How long a yes counts while the API server cannot be asked, in milliseconds. */
export const AWAY_MS = 300_000;

/** After the API server gave no answer it is not asked again for so long, in milliseconds. */
export const ASK_AGAIN_MS = 2_000;

/** Answers that are remembered, of each kind. A flood of noes takes no yes away. */
export const REVIEWS_MAX = 1_024;

/** Questions at the same time. */
export const ASKED_AT_ONCE_MAX = 128;

type Entry<T> = { readonly answer: T; readonly atMs: number };

export type ReviewsParts<T> = {
  readonly nowMs: () => number;
  readonly isAllowed: (answer: T) => boolean;
};

/** Answers by what was asked. */
export class Reviews<T> {
  readonly #parts: ReviewsParts<T>;
  readonly #allowed = new Map<string, Entry<T>>();
  readonly #denied = new Map<string, Entry<T>>();
  readonly #asked = new Map<string, Promise<T>>();
  #away: { readonly untilMs: number; readonly why: RunControlError } | undefined;

  constructor(parts: ReviewsParts<T>) {
    this.#parts = parts;
  }

  /** How many answers are remembered. */
  get size(): number {
    return this.#allowed.size + this.#denied.size;
  }

  /**
   * The answer for `key`, remembered or asked for. Throws what `ask` throws when nobody has answered and no yes is
   * remembered; RunControlError LIMIT when too much is asked at once.
   */
  async get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#fresh(key);
    if (known !== undefined) return known;
    if (this.#away !== undefined && this.#parts.nowMs() < this.#away.untilMs)
      return this.#without(key, this.#away.why);
    const asked = this.#asked.get(key) ?? this.#ask(key, ask);
    try {
      return await asked;
    } catch (error) {
      return this.#without(key, error);
    }
  }

  #ask(key: string, ask: () => Promise<T>): Promise<T> {
    if (this.#asked.size >= ASKED_AT_ONCE_MAX) {
      const sentence = `${ASKED_AT_ONCE_MAX} callers are being looked at; nothing was done; ask again later`;
      return Promise.reject(new RunControlError('LIMIT', sentence));
    }
    const asked = this.#answered(key, ask).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  async #answered(key: string, ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      this.#away = undefined;
      this.#remember(key, answer);
      return answer;
    } catch (error) {
      // Not what it refuses: one odd question must not silence all others.
      if (isFault(error, 'unreachable', 'unknown', 'busy'))
        this.#away = { untilMs: this.#parts.nowMs() + ASK_AGAIN_MS, why: error };
      throw error;
    }
  }

  #fresh(key: string): T | undefined {
    return this.#within(this.#allowed, key, ALLOWED_MS) ?? this.#within(this.#denied, key, DENIED_MS);
  }

  /** What counts although nobody can be asked. */
  #without(key: string, error: unknown): T {
    const known = error instanceof RunControlError ? this.#within(this.#allowed, key, AWAY_MS) : undefined;
    if (known === undefined) throw error;
    return known;
  }

  #within(entries: ReadonlyMap<string, Entry<T>>, key: string, ms: number): T | undefined {
    const entry = entries.get(key);
    return entry !== undefined && this.#parts.nowMs() - entry.atMs < ms ? entry.answer : undefined;
  }

  #remember(key: string, answer: T): void {
    this.#allowed.delete(key);
    this.#denied.delete(key);
    const entries = this.#parts.isAllowed(answer) ? this.#allowed : this.#denied;
    entries.set(key, { answer, atMs: this.#parts.nowMs() });
    // A map gives its keys in the order in which they came: the oldest goes first.
    for (const oldest of entries.keys()) {
      if (entries.size <= REVIEWS_MAX) return;
      entries.delete(oldest);
    }
  }
}
