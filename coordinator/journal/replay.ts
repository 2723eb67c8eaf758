// From the rows of a journal to the state that they lead to. What does not fit is refused with its record (P13).

import { createHash } from 'node:crypto';
import { InvariantViolation } from '../../protos/failure/invariant.ts';
import { apply, emptyJournal } from '../core/journal-state.ts';
import type { JournalRecord, JournalState } from '../core/model/journal.ts';
import { parseRecord, parseSnapshot } from './format.ts';
import { FORMAT_VERSION, type Position } from './journal.ts';
import type { Row, SnapshotRow } from './store.ts';
import { storageTrouble } from './trouble.ts';

/** Everything before the first record. */
const CHAIN_START = '';

/** Where the journal ends, with what goes into the next row. */
export type End = { readonly at: Position; readonly state: JournalState; readonly chain: string };

/** Where these rows end. Throws RunControlError STORAGE for the first that is damaged or of a newer format. */
export function replay(path: string, snapshot: SnapshotRow | undefined, rows: readonly Row[]): End {
  let end = beginOf(path, snapshot);
  for (const row of rows) end = replayRow(path, end, row).end;
  return end;
}

/** Before the first row. Throws RunControlError STORAGE for a snapshot that cannot be read. */
export function beginOf(path: string, snapshot: SnapshotRow | undefined): End {
  if (snapshot !== undefined) return endOfSnapshot(path, snapshot);
  return { at: { epoch: 0, index: 0 }, state: emptyJournal, chain: CHAIN_START };
}

function endOfSnapshot(path: string, row: SnapshotRow): End {
  checkFormat(path, 'its snapshot', row.format);
  if (snapshotChecksum(row) !== row.checksum) throw damaged(path, 'its snapshot does not match its checksum');
  const state = parseSnapshot(row.state);
  if ('wrong' in state) throw damaged(path, `its snapshot cannot be read (${state.wrong})`);
  return { at: { epoch: row.epoch, index: row.index }, state, chain: row.chain };
}

/** The record of one row, and where it leads from `end`. Throws RunControlError STORAGE. */
export function replayRow(
  path: string,
  end: End,
  row: Row,
): { readonly end: End; readonly record: JournalRecord } {
  const where = `record ${row.index}`;
  checkFormat(path, where, row.format);
  if (row.index !== end.at.index + 1) throw damaged(path, `record ${end.at.index + 1} is missing`);
  if (rowChecksum(end.chain, row) !== row.checksum)
    throw damaged(path, `${where} does not match its checksum`);
  const record = parseRecord(row.record);
  if ('wrong' in record) throw damaged(path, `${where} cannot be read (${record.wrong})`);
  const state = applyStored(path, where, { state: end.state, record });
  if (state.epoch !== row.epoch) throw damaged(path, `${where} is of another epoch than it says`);
  return { end: { at: { epoch: row.epoch, index: row.index }, state, chain: row.checksum }, record };
}

/** In replay a broken invariant is the file's fault, not ours. */
function applyStored(
  path: string,
  where: string,
  { state, record }: { state: JournalState; record: JournalRecord },
): JournalState {
  try {
    return apply(state, record);
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    throw damaged(path, `${where} contradicts those before it (${error.message})`);
  }
}

function checkFormat(path: string, where: string, found: number): void {
  if (found <= FORMAT_VERSION) return;
  throw storageTrouble(path, {
    wrong: `${where} has format ${found}, this release reads up to ${FORMAT_VERSION}`,
    todo: 'start a newer release; nothing was changed',
  });
}

function damaged(path: string, wrong: string): Error {
  return storageTrouble(path, {
    wrong: `is damaged: ${wrong}`,
    todo: 'nothing was changed; restore it from a copy',
  });
}

/** Over a row and the checksum before it. */
export function rowChecksum(chain: string, row: Omit<Row, 'appendId' | 'checksum'>): string {
  return checksum([chain, row.index, row.epoch, row.format, row.record]);
}

/** Over the row of a snapshot. */
export function snapshotChecksum(row: Omit<SnapshotRow, 'checksum'>): string {
  return checksum([row.chain, row.index, row.epoch, row.format, row.state]);
}

/** 16 hexadecimal digits. It guards against accidents, not against anybody who means harm. */
function checksum(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
