// From records to the rows that a store keeps of them.

import { randomUUID } from 'node:crypto';
import { apply } from '../core/journal-state.ts';
import type { JournalRecord } from '../core/model/journal.ts';
import { FORMAT_VERSION } from './journal.ts';
import { type End, rowChecksum, snapshotChecksum } from './replay.ts';
import type { Row, SnapshotRow } from './store.ts';

/** The rows of `records` after `end`, all of one append, and the end that they lead to. */
export function rowsAfter(
  end: End,
  records: readonly JournalRecord[],
): { readonly rows: readonly Row[]; readonly next: End } {
  const appendId = randomUUID();
  const rows: Row[] = [];
  let next = end;
  for (const record of records) {
    // The same apply as in replay: what it would refuse then is a bug now, before anything is written.
    const state = apply(next.state, record);
    const facts = {
      index: next.at.index + 1,
      epoch: state.epoch,
      format: FORMAT_VERSION,
      record: JSON.stringify(record),
    };
    const checksum = rowChecksum(next.chain, facts);
    rows.push({ ...facts, appendId, checksum });
    next = { at: { index: facts.index, epoch: facts.epoch }, state, chain: checksum };
  }
  return { rows, next };
}

/** What takes the place of all rows up to `end`. */
export function snapshotOf({ at, state, chain }: End): SnapshotRow {
  const row = { ...at, format: FORMAT_VERSION, state: JSON.stringify(state), chain };
  return { ...row, checksum: snapshotChecksum(row) };
}
