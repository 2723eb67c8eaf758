// Waiting for the Lease: it is watched, not polled, and taken once it is free.

import type { Clock } from '../clock.ts';
import { isFault } from '../cluster/client/fault.ts';
import { Informer } from '../cluster/client/informer.ts';
import { LEASES } from '../cluster/client/resource.ts';
import { backoffMs } from '../fleet/backoff.ts';
import { decideLease, type Seen } from './decide.ts';
import { type LeasePlace, writeLease } from './lease.ts';
import { isSameRenewal, type LeaseRecord, parseLease } from './record.ts';
import { Signal } from './signal.ts';

/** How often it is looked whether the watch has come back, in milliseconds; that asks nobody. */
const LOOK_MS = 500;

export type WaitingParts = LeasePlace & {
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Told with each new holder that has to be waited for. */
  readonly onWait: (holder: string) => void;
  /** The Lease cannot be seen or written, and why; undefined: it can again. */
  readonly onTrouble: (why: Error | undefined) => void;
};

/** The Lease once it is ours, and when the write that made it so was sent, on the monotonic clock. */
export type Taken = { readonly record: LeaseRecord; readonly sentMs: number };

/** Waits until `identity` holds the Lease; undefined when `signal` aborts first. */
export async function waitForLease(parts: WaitingParts): Promise<Taken | undefined> {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  await using view = new View(parts, reject);
  return await Promise.race([take(parts, view), broken]);
}

async function take(parts: WaitingParts, view: View): Promise<Taken | undefined> {
  const { identity, clock, random, signal, onWait } = parts;
  let told = '';
  for (let failures = 0; !signal.aborted; ) {
    const seen = view.look();
    const nowMs = clock().monotonicMs;
    if (seen === undefined) {
      await view.changed(LOOK_MS);
      continue;
    }
    const decision = decideLease(seen.record, { ...seen, identity, nowMs });
    if (decision.kind === 'wait') {
      if (decision.holder !== told) onWait(decision.holder);
      told = decision.holder;
      await view.changed(decision.untilMs - nowMs);
      continue;
    }
    const taken = await tryToTake(parts, seen.record, nowMs);
    if (taken !== undefined) return taken;
    // Whoever was quicker shows in the view; an answer that was lost, too.
    failures += 1;
    await view.changed(backoffMs(failures, random()));
  }
  return undefined;
}

/** Undefined when it did not come to it, or nobody knows: what the Lease says next tells. */
async function tryToTake(
  parts: WaitingParts,
  before: LeaseRecord | undefined,
  sentMs: number,
): Promise<Taken | undefined> {
  const { identity, clock, signal, onTrouble } = parts;
  try {
    const nowMs = clock().wallMs;
    return { record: await writeLease(parts, { before, holder: identity, nowMs, signal }), sentMs };
  } catch (error) {
    if (signal.aborted || isFault(error, 'conflict', 'exists')) return undefined;
    // Somebody has deleted it since it was seen.
    if (isFault(error, 'notFound') && before !== undefined) return undefined;
    if (!(error instanceof Error)) throw error;
    onTrouble(error);
    return undefined;
  }
}

/** The Lease as a watch shows it. */
class View implements AsyncDisposable {
  readonly #parts: WaitingParts;
  readonly #informer: Informer<LeaseRecord>;
  readonly #change: Signal;
  #isListed = false;
  #gone: LeaseRecord | undefined;
  #sinceMs: number;

  constructor(parts: WaitingParts, onFatal: (error: unknown) => void) {
    const { client, namespace, name, clock, random, signal } = parts;
    this.#parts = parts;
    this.#change = new Signal(signal);
    this.#sinceMs = clock().monotonicMs;
    this.#informer = Informer.start<LeaseRecord>({
      client,
      resource: LEASES,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      project: parseLease,
      onChange: ({ before, after }) => {
        this.#gone = after === undefined ? before : undefined;
        if (!isSameRenewal(before, after)) this.#sinceMs = clock().monotonicMs;
        this.#change.tell();
      },
      onTrouble: (trouble) => {
        // While we saw nothing its holder may have renewed it, or been cut off as we were: it has its time again.
        this.#sinceMs = clock().monotonicMs;
        parts.onTrouble(trouble);
        this.#change.tell();
      },
      onFatal,
      clock,
      random,
    });
    this.#informer.synced.then(
      () => {
        this.#isListed = true;
        this.#change.tell();
      },
      () => undefined,
    );
  }

  /** What it says, and since when it has said so here; undefined while it cannot be seen. */
  look(): (Pick<Seen, 'sinceMs' | 'gone'> & { readonly record: LeaseRecord | undefined }) | undefined {
    if (!this.#isListed || this.#informer.staleSinceMs !== undefined) return undefined;
    const { namespace, name } = this.#parts;
    const record = this.#informer.get(`${namespace}/${name}`);
    return { record, sinceMs: this.#sinceMs, gone: this.#gone };
  }

  /** Resolves once it may look different, or after `ms`. */
  changed(ms: number): Promise<void> {
    return this.#change.wait(ms);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#informer[Symbol.asyncDispose]();
  }
}
