// An object store for tests: what an API server does with one object, and what may go wrong on the way to it.

import { KubeFault } from '../../../coordinator/cluster/client/fault.ts';
import type { JournalSpec } from '../../../coordinator/cluster/resources/journal.ts';
import type { ObjectStore, Stored } from '../../../coordinator/journal/object/store.ts';

/** What becomes of one write. */
export type Fate =
  | 'well'
  /** The API server is not there. */
  | 'unreachable'
  /** No answer: it never arrived, it was done, or it arrives after the next look. */
  | 'lost'
  | 'done'
  | 'late';

/** One object and whatever may happen to it. */
export class MemoryObject {
  stored: Stored | undefined;
  #versions = 0;
  #late: (() => void)[] = [];
  /** For each write that is to come; all others go well. */
  readonly fates: Fate[] = [];
  /** Reads that are to fail. */
  readsLost = 0;
  writes = 0;
  /** To happen just before the next write arrives. */
  beforeWrite: (() => void) | undefined;

  /** A way to it, as each coordinator has one. */
  readonly store: ObjectStore = {
    name: 'daq/mini',
    read: async () => {
      if (this.readsLost > 0) {
        this.readsLost -= 1;
        throw new KubeFault('unknown', 'no answer');
      }
      const found = structuredClone(this.stored);
      for (const arrive of this.#late.splice(0)) arrive();
      return found;
    },
    write: async (version, spec) => {
      this.writes += 1;
      this.beforeWrite?.();
      this.beforeWrite = undefined;
      return this.#write(this.fates.shift() ?? 'well', version, structuredClone(spec));
    },
  };

  /** Somebody changes it by hand, or restores a copy; undefined: takes it away. */
  edit(spec: unknown): void {
    this.stored = spec === undefined ? undefined : { version: this.#next(), spec };
  }

  /** Somebody changes something else in it, say a label. */
  touch(): void {
    if (this.stored !== undefined) this.edit(this.stored.spec);
  }

  #write(fate: Fate, version: string | undefined, spec: JournalSpec): string {
    switch (fate) {
      case 'well':
        return this.#swap(version, spec);
      case 'done':
        this.#swap(version, spec);
        throw new KubeFault('unknown', 'no answer');
      case 'late':
        this.#late.push(() => {
          if (this.#fault(version) === undefined) this.#swap(version, spec);
        });
        throw new KubeFault('unknown', 'no answer');
      case 'lost':
        throw new KubeFault('unknown', 'no answer');
      case 'unreachable':
        throw new KubeFault('unreachable', 'connection refused');
    }
  }

  #swap(version: string | undefined, spec: JournalSpec): string {
    const fault = this.#fault(version);
    if (fault !== undefined) throw fault;
    this.edit(spec);
    return this.stored?.version ?? '';
  }

  #fault(version: string | undefined): KubeFault | undefined {
    if (version === undefined) return this.stored && new KubeFault('exists', 'it exists');
    if (this.stored === undefined) return new KubeFault('notFound', 'not found');
    return this.stored.version === version ? undefined : new KubeFault('conflict', 'changed');
  }

  #next(): string {
    this.#versions += 1;
    return String(this.#versions);
  }
}
