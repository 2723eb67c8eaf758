// The journal's store: one line of records with compare-and-swap on its length.

import { apply, emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { JournalRecord, JournalState } from '../../coordinator/core/model/journal.ts';
import type { World } from './world.ts';

export type Entry = { readonly record: JournalRecord; readonly by: string; readonly appendId: number };

export class SimJournal {
  journalId = '';
  entries: Entry[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** True when the records are durable now; false when the line is longer than `index`. */
  append(index: number, records: readonly JournalRecord[], by: string, appendId: number): boolean {
    if (index !== this.entries.length && this.#world.rules.compareAndSwap) return false;
    let at = index;
    for (const record of records) {
      if (record.kind === 'opened') this.journalId = record.journalId;
      this.#count(record);
      this.entries.push({ record, by, appendId });
      at += 1;
      this.#world.happened({ kind: 'journaled', journalId: this.journalId, index: at, record, by });
    }
    return true;
  }

  /** The state that the first `length` records lead to. */
  replay(length = this.entries.length): JournalState {
    return this.entries.slice(0, length).reduce((state, entry) => apply(state, entry.record), emptyJournal);
  }

  /** An operator puts an old copy in its place. */
  restore(length: number): void {
    this.entries = this.entries.slice(0, length);
    this.#world.happened({
      kind: 'restored',
      journalId: this.journalId,
      index: length,
      state: this.replay(),
    });
  }

  /** The file is gone. */
  delete(): void {
    this.entries = [];
    this.journalId = '';
  }

  #count(record: JournalRecord): void {
    if (record.kind !== 'finished' || record.run === undefined) return;
    const count = this.#world.countOf(record.run.number);
    if (count !== undefined)
      this.#world.happened({
        kind: 'counted',
        journalId: this.journalId,
        runNumber: record.run.number,
        ...count,
      });
  }
}
