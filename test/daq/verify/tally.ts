// Compares what was read out with what is in the file, fragment by fragment. Pure.

import type { Entry } from '../run/ledger.ts';
import { parseFragment } from '../wire/fragment.ts';
import type { RecordMessage } from '../wire/messages.ts';

const NUMBERS = 2 ** 32;

/** A fragment: readout and trigger number in one number, since a run has millions. */
type Key = number;

export type Counts = {
  readonly readOut: number;
  /** Distinct fragments of the ledgers that are in the file, sound. */
  readonly written: number;
  /** Of the ledgers, and not in the file. */
  readonly missing: number;
  /** The same by the readout that has read them out; who misses nothing is not named. */
  readonly missingByReadout: ReadonlyMap<number, number>;
  /** Once more in the file, or in a ledger. */
  readonly double: number;
  /** In the file and damaged, not as read out, in no ledger, or in a record that hides what it lacks. */
  readonly corrupt: number;
  readonly records: number;
  readonly incomplete: number;
};

export class Tally {
  readonly #run: number;
  readonly #ledger = new Map<Key, number>();
  readonly #sound = new Set<Key>();
  readonly #damaged = new Set<Key>();
  readonly #records = new Set<number>();
  #double = 0;
  #corrupt = 0;
  #incomplete = 0;

  constructor(run: number) {
    this.#run = run;
  }

  /** A readout's ledger. */
  addLedger(readout: number, entries: readonly Entry[]): void {
    for (const [number, crc] of entries) {
      const key = keyOf(readout, number);
      if (this.#ledger.has(key)) this.#double += 1;
      this.#ledger.set(key, crc);
    }
  }

  /** A record of the file, after all ledgers. */
  addRecord(record: RecordMessage): void {
    const hides = record.sequence === 0 && !record.incomplete && record.fragments.length < record.expected;
    if (hides || record.run !== this.#run) this.#corrupt += 1;
    if (record.sequence === 0) {
      this.#records.add(record.number);
      this.#incomplete += record.incomplete ? 1 : 0;
    }
    for (const bytes of record.fragments) this.#addFragment(record, bytes);
  }

  /** Something in the file that cannot be read as a record. */
  addDamage(count: number): void {
    this.#corrupt += count;
  }

  counts(): Counts {
    const missingByReadout = this.#missingByReadout();
    return {
      readOut: this.#ledger.size,
      written: this.#sound.size,
      missing: missingByReadout.values().reduce((sum, count) => sum + count, 0),
      missingByReadout,
      double: this.#double,
      corrupt: this.#corrupt,
      records: this.#records.size,
      incomplete: this.#incomplete,
    };
  }

  #addFragment(record: RecordMessage, bytes: Buffer): void {
    const fragment = parseFragment(bytes);
    if (fragment === undefined) {
      this.#corrupt += 1;
      return;
    }
    const key = keyOf(fragment.readout, fragment.number);
    const asReadOut = fragment.intact && this.#ledger.get(key) === fragment.crc;
    if (!asReadOut || fragment.number !== record.number || fragment.run !== this.#run) {
      this.#corrupt += 1;
      this.#damaged.add(key);
    } else if (this.#sound.has(key)) this.#double += 1;
    else this.#sound.add(key);
  }

  #missingByReadout(): ReadonlyMap<number, number> {
    const missing = new Map<number, number>();
    for (const key of this.#ledger.keys()) {
      if (this.#sound.has(key) || this.#damaged.has(key)) continue;
      const readout = Math.floor(key / NUMBERS);
      missing.set(readout, (missing.get(readout) ?? 0) + 1);
    }
    return missing;
  }
}

function keyOf(readout: number, number: number): Key {
  return readout * NUMBERS + number;
}
