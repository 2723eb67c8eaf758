// Leadership in a cluster: a Lease. It only says who should lead; that nobody else writes is the journal's part (P8).

import { setTimeout as sleep } from 'node:timers/promises';
import { unreachable } from '../../protos/failure/invariant.ts';
import type { Clock } from '../clock.ts';
import { isFault } from '../cluster/client/fault.ts';
import { backoffMs } from '../fleet/backoff.ts';
import { decideLease } from './decide.ts';
import { LEASE_DURATION_MS, LEASE_RENEW_MS, type LeasePlace, readLease, writeLease } from './lease.ts';
import type { LeaseRecord } from './record.ts';
import { waitForLease } from './waiting.ts';

export type CandidateParts = LeasePlace & {
  /** Of this life of this process, and of no other. */
  readonly identity: string;
  readonly clock: Clock;
  /** 0..1; Math.random in production. */
  readonly random: () => number;
  /** Told with each new holder that has to be waited for, whoever it is. */
  readonly onWait: (holder: string) => void;
  /**
   * Before it leads: the Lease cannot be seen or written, and why. While it leads: it could not be renewed for its
   * whole duration, so that somebody else may lead by now. Undefined: that is over.
   */
  readonly onTrouble: (why: Error | undefined) => void;
  /** It leads no more: the process must end at once and write nothing (P8). */
  readonly onLost: (holder: string) => void;
  /** A bug. */
  readonly onFatal: (error: unknown) => void;
};

/** One that wants to lead, from `start` until it is disposed of or has lost. */
export class Candidate implements AsyncDisposable {
  /** True once it leads; false when it was disposed of before. */
  readonly elected: Promise<boolean>;
  readonly #parts: CandidateParts;
  readonly #stopping = new AbortController();
  readonly #first = Promise.withResolvers<boolean>();
  readonly #running: Promise<void>;
  #record: LeaseRecord | undefined;
  /** When the newest renewal that was answered was sent; undefined: it does not lead. */
  #renewedMs: number | undefined;
  #trouble: string | undefined;
  #holder: string | undefined;

  /** Goes for the Lease at once. */
  static start(parts: CandidateParts): Candidate {
    return new Candidate(parts);
  }

  private constructor(parts: CandidateParts) {
    this.#parts = parts;
    this.elected = this.#first.promise;
    this.#running = this.#run().catch(parts.onFatal);
  }

  /**
   * True while nobody else can have taken the Lease. Of a process that was stopped and goes on it is false, before
   * it has done anything.
   */
  isCertain(): boolean {
    if (this.#renewedMs === undefined) return false;
    return this.#parts.clock().monotonicMs < this.#renewedMs + LEASE_DURATION_MS;
  }

  /** Name of the one that held it when it was last seen; undefined: nobody, or nobody knows. */
  holder(): string | undefined {
    return this.#holder;
  }

  /** Gives the Lease back if it is ours, so that the next one need not wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    if (this.#renewedMs === undefined) return;
    this.#renewedMs = undefined;
    const nowMs = this.#parts.clock().wallMs;
    try {
      await writeLease(this.#parts, { before: this.#record, holder: '', nowMs });
    } catch {
      // It expires by itself.
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const onTrouble = (why: Error | undefined): void => this.#tell(why);
    const onWait = (holder: string): void => {
      this.#holder = holder;
      this.#parts.onWait(holder);
    };
    const taken = await waitForLease({ ...this.#parts, onWait, onTrouble, signal });
    if (taken !== undefined) this.#renewed(taken.record, taken.sentMs);
    this.#first.resolve(taken !== undefined);
    for (let failures = 0; !signal.aborted && this.#renewedMs !== undefined; ) {
      const waitMs = failures === 0 ? LEASE_RENEW_MS : backoffMs(failures, this.#parts.random());
      // The abort only shortens the wait.
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) failures = (await this.#renew()) ? 0 : failures + 1;
    }
  }

  /** False when it has to be tried again. */
  async #renew(): Promise<boolean> {
    const { clock, identity } = this.#parts;
    const { signal } = this.#stopping;
    const { monotonicMs: sentMs, wallMs: nowMs } = clock();
    try {
      const written = await writeLease(this.#parts, {
        before: this.#record,
        holder: identity,
        nowMs,
        signal,
      });
      this.#renewed(written, sentMs);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!(error instanceof Error)) throw error;
      this.#doubt(error);
      // One that was never reached has nothing to tell either.
      if (!isFault(error, 'unreachable')) await this.#look();
      return false;
    }
  }

  /** What was written instead, or whether ours was after all. */
  async #look(): Promise<void> {
    const { clock, identity, onLost } = this.#parts;
    const { signal } = this.#stopping;
    try {
      this.#record = await readLease(this.#parts, signal);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return;
    }
    const nowMs = clock().monotonicMs;
    const decision = decideLease(this.#record, { identity, sinceMs: nowMs, nowMs });
    switch (decision.kind) {
      case 'renew':
      // It was deleted or given back under us, and nobody has taken it since.
      case 'create':
      case 'take':
        return;
      case 'wait':
        this.#renewedMs = undefined;
        this.#holder = decision.holder;
        return onLost(decision.holder);
      default:
        return unreachable(decision);
    }
  }

  #renewed(record: LeaseRecord, sentMs: number): void {
    this.#record = record;
    this.#renewedMs = sentMs;
    this.#holder = record.holder;
    this.#tell(undefined);
  }

  #doubt(why: Error): void {
    if (!this.isCertain()) this.#tell(why);
  }

  /** Each reason once. */
  #tell(why: Error | undefined): void {
    if (why?.message === this.#trouble) return;
    this.#trouble = why?.message;
    this.#parts.onTrouble(why);
  }
}
