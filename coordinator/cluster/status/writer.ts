// Writes the status of a partition when it has changed: soon after what people wait for, now and then otherwise.

import { isDeepStrictEqual } from 'node:util';
import type { Core } from '../../core/model/picture.ts';
import { PARTITIONS } from '../client/resource.ts';
import { Errand } from '../errand.ts';
import { freshPace, type Pace, type PaceLimits, take, waitMs } from '../pace.ts';
import type { Publishing } from '../publishing.ts';
import { type PartitionStatus, partitionStatusSchema } from '../resources/status.ts';
import { type Facts, writtenConditions } from './conditions.ts';
import { statusOf, unledStatus } from './status.ts';

/** After an operation, a run or a lead has begun or ended, in milliseconds: short ones are one write. */
export const STATUS_SOON_MS = 200;

/** After anything else was seen, in milliseconds. */
export const STATUS_GATHER_MS = 1_000;

/** What is not waited for: so many writes at once, then one more every 30 s. */
export const STATUS_PACE: PaceLimits = { burst: 2, everyMs: 30_000 };

export type StatusSource = {
  /** Undefined while the partition is not led. */
  readonly core: () => Core | undefined;
  readonly facts: () => Facts;
  /** Told of a partition that is led before each look at whether its status has changed. */
  readonly onLook: (core: Core) => void;
};

export class StatusWriter implements AsyncDisposable {
  readonly #publishing: Publishing;
  readonly #source: StatusSource;
  readonly #errand: Errand;
  #pace: Pace;
  #written: PartitionStatus | undefined;
  #milestone = '';

  constructor(publishing: Publishing, source: StatusSource) {
    this.#publishing = publishing;
    this.#source = source;
    this.#pace = freshPace(STATUS_PACE, publishing.clock().monotonicMs);
    const { random, onFatal, log } = publishing;
    this.#errand = new Errand({
      work: (signal) => this.#write(signal),
      onTrouble: (trouble) => {
        if (trouble !== undefined) log.warn({ err: trouble }, 'status is not written');
      },
      random,
      onFatal,
    });
  }

  /** Why the status is not the present one. */
  get trouble(): string | undefined {
    return this.#errand.trouble?.message;
  }

  /** Something may be different. */
  changed(): void {
    const milestone = milestoneOf(this.#source.core());
    if (milestone !== this.#milestone) {
      this.#milestone = milestone;
      return this.#errand.wantIn(STATUS_SOON_MS);
    }
    const nowMs = this.#publishing.clock().monotonicMs;
    this.#errand.wantIn(Math.max(STATUS_GATHER_MS, waitMs(this.#pace, STATUS_PACE, nowMs)));
  }

  /** What somebody waits for has changed: a condition, say. */
  soon(): void {
    this.#errand.wantIn(STATUS_SOON_MS);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#errand[Symbol.asyncDispose]();
  }

  async #write(signal: AbortSignal): Promise<void> {
    const { partition, client, clock } = this.#publishing;
    const { namespace, name, generation, status } = partition();
    const before = this.#written ?? earlier(status);
    const core = this.#source.core();
    const { monotonicMs, wallMs } = clock();
    const dating = { generation, nowMs: wallMs };
    if (core !== undefined) this.#source.onLook(core);
    const facts = this.#source.facts();
    const next =
      core === undefined ? unledStatus(facts, before, dating) : statusOf(core, facts, before, dating);
    if (isDeepStrictEqual(next, before)) return;
    // Of those at milestones none is saved: they only make the others wait.
    this.#pace = take(this.#pace, STATUS_PACE, monotonicMs) ?? this.#pace;
    const where = { namespace, name, subresource: 'status' };
    await client.patch(PARTITIONS, where, { kind: 'merge', body: { status: patchOf(next) } }, { signal });
    this.#written = next;
  }
}

/** What people wait for. */
function milestoneOf(core: Core | undefined): string {
  if (core === undefined) return 'unled';
  const { epoch, operationNumber, open, run, runs } = core.journal;
  const { partition, wanted } = core;
  const machines = [partition.machineHash, wanted.machineHash];
  return [epoch, operationNumber, open !== undefined, run?.number, runs.at(-1)?.number, ...machines].join(
    ' ',
  );
}

/** What was written before us is what need not be written again; where it cannot be read, its moments are kept. */
function earlier(status: unknown): PartitionStatus | undefined {
  const parsed = partitionStatusSchema.safeParse(status);
  if (parsed.success) return parsed.data;
  const conditions = writtenConditions(status);
  return conditions.length === 0 ? undefined : { observedGeneration: 0, conditions: [...conditions] };
}

const KEYS = Object.keys(partitionStatusSchema.shape);

/** A merge patch keeps what it does not name: what is not so any more is taken away by null. */
function patchOf(status: PartitionStatus): Readonly<Record<string, unknown>> {
  return { ...Object.fromEntries(KEYS.map((key) => [key, null])), ...status };
}
