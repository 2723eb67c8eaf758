// Writes runs as objects, in the order in which they came.

import { z } from 'zod';
import type { JournalState } from '../../core/model/journal.ts';
import { isFault } from '../client/fault.ts';
import { RUNS } from '../client/resource.ts';
import { Errand } from '../errand.ts';
import { PARTITION_LABEL } from '../names.ts';
import type { Publishing } from '../publishing.ts';
import { missedRuns, type RunChange, runBody, runChanges, type WrittenRun } from './runs.ts';

/** Changes that wait while the API server is away; the oldest are let go: the next leader makes up for them. */
export const RUN_CHANGES_WAITING_MAX = 64;

export class RunWriter implements AsyncDisposable {
  readonly #publishing: Publishing;
  readonly #errand: Errand;
  #journal: JournalState | undefined;
  #isMadeUp = false;
  #waiting: readonly RunChange[] = [];

  constructor(publishing: Publishing) {
    this.#publishing = publishing;
    const { random, onFatal, log } = publishing;
    this.#errand = new Errand({
      work: (signal) => this.#write(signal),
      onTrouble: (trouble) => {
        if (trouble !== undefined) log.warn({ err: trouble }, 'runs are not written');
      },
      random,
      onFatal,
    });
  }

  /** Takes the journal after a turn that has written records. */
  changed(journal: JournalState): void {
    const before = this.#journal;
    this.#journal = journal;
    // What was there before us is looked at once; until then there is nothing to compare with.
    if (before === undefined || !this.#isMadeUp) return this.#errand.wantIn(0);
    this.#take(runChanges(this.#publishing.partition().name, before, journal));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#errand[Symbol.asyncDispose]();
  }

  #take(changes: readonly RunChange[]): void {
    if (changes.length === 0) return;
    this.#waiting = [...this.#waiting, ...changes].slice(-RUN_CHANGES_WAITING_MAX);
    this.#errand.wantIn(0);
  }

  async #write(signal: AbortSignal): Promise<void> {
    if (!this.#isMadeUp) await this.#makeUp(signal);
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      await this.#send(first, signal);
      this.#waiting = this.#waiting.filter((each) => each !== first);
    }
  }

  async #makeUp(signal: AbortSignal): Promise<void> {
    const { client, partition } = this.#publishing;
    const { namespace, name } = partition();
    const labelSelector = `${PARTITION_LABEL}=${name}`;
    const written = writtenRuns(await client.list(RUNS, { namespace }, { labelSelector, signal }));
    if (this.#journal === undefined) return;
    this.#isMadeUp = true;
    const missed = missedRuns(name, this.#journal, written);
    this.#waiting = [...missed, ...this.#waiting].slice(0, RUN_CHANGES_WAITING_MAX);
  }

  async #send(change: RunChange, signal: AbortSignal): Promise<void> {
    const { client, partition, log } = this.#publishing;
    const { namespace } = partition();
    const where = { namespace, name: change.name };
    try {
      if (change.kind === 'delete') await client.delete(RUNS, where, { signal });
      else {
        const body = runBody(partition(), change);
        await client.patch(RUNS, where, { kind: 'apply', body, force: true }, { signal });
      }
    } catch (error) {
      if (isFault(error, 'notFound') && change.kind === 'delete') return;
      if (!isFault(error, 'invalid')) throw error;
      // A run of that number was there before this journal: what it says is not ours to change.
      log.warn({ err: error, run: change.name }, 'a run is refused');
    }
  }
}

const listSchema = z.object({
  items: z.array(
    z.object({ spec: z.object({ number: z.int(), status: z.string() }).nullish() }).catch({ spec: null }),
  ),
});

/** What cannot be read was not written by us. */
function writtenRuns(list: unknown): readonly WrittenRun[] {
  const parsed = listSchema.safeParse(list);
  if (!parsed.success) return [];
  return parsed.data.items.flatMap(({ spec }) =>
    spec ? [{ number: spec.number, hasEnded: spec.status !== 'open' }] : [],
  );
}
