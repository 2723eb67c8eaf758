// What the journal object holds: a snapshot, and the records since. It stays small enough for the API server's
// own store, which ends at 1.5 MB.

import { type JournalSpec, journalSpecSchema } from '../../cluster/resources/journal.ts';
import type { JournalState } from '../../core/model/journal.ts';
import { summaryOf } from '../../core/remember.ts';
import { type End, replay } from '../replay.ts';
import { snapshotOf } from '../rows.ts';
import type { Row } from '../store.ts';
import { storageTrouble } from '../trouble.ts';
import { lineOfRow, lineOfSnapshot, rowOfLine, snapshotOfLine } from './line.ts';

/** Layout of the object; the records carry their own format. */
export const OBJECT_FORMAT = 1;

/** The whole object, as JSON, in bytes. */
export const OBJECT_BYTES_MAX = 1_048_576;

/** What it may come to with a new operation, so that there is room for how that goes on, in bytes. */
export const ACCEPTED_BYTES_MAX = 786_432;

/** Metadata and the names of the fields, beside the texts, in bytes. */
const FRAME_BYTES = 16_384;

/** With more text than this in records, a snapshot takes the place of those before the newest, in characters. */
export const RECORDS_LENGTH_MAX = 65_536;

/** With more records than this as well. */
export const RECORDS_MAX = 512;

/** A journal without any record. */
export const EMPTY_SPEC: JournalSpec = {
  format: OBJECT_FORMAT,
  epoch: 0,
  index: 0,
  snapshot: '',
  records: [],
};

/**
 * The journal that `raw` holds, and where it ends. Throws RunControlError STORAGE when somebody has changed it by
 * hand or a newer release wrote it.
 */
export function parseSpec(name: string, raw: unknown): { readonly spec: JournalSpec; readonly end: End } {
  checkFormat(name, raw);
  const parsed = journalSpecSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw damaged(name, `spec.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}`);
  }
  const spec = parsed.data;
  const snapshot = spec.snapshot === '' ? undefined : snapshotOfLine(spec.snapshot);
  if (snapshot === undefined && spec.snapshot !== '') throw damaged(name, 'its snapshot is no snapshot');
  const rows = spec.records.map((line, at) => {
    const row = rowOfLine(line);
    if (row === undefined) throw damaged(name, `spec.records[${at}] is no record`);
    return row;
  });
  const end = replay(name, snapshot, rows);
  if (end.at.index === spec.index && end.at.epoch === spec.epoch) return { spec, end };
  throw damaged(
    name,
    `it says that it ends at record ${spec.index} of epoch ${spec.epoch}, but its last is record ` +
      `${end.at.index} of epoch ${end.at.epoch}`,
  );
}

function checkFormat(name: string, raw: unknown): void {
  const format = typeof raw === 'object' && raw !== null && 'format' in raw ? raw.format : undefined;
  if (typeof format !== 'number' || format <= OBJECT_FORMAT) return;
  throw storageTrouble(name, {
    wrong: `has layout ${format}, this release reads up to ${OBJECT_FORMAT}`,
    todo: 'start a newer release; nothing was changed',
  });
}

function damaged(name: string, wrong: string): Error {
  return storageTrouble(name, {
    wrong: `is damaged: ${wrong}`,
    todo: 'nothing was changed; restore the object from a copy, or delete it to begin a new journal',
  });
}

/** What the object is to hold next. `isBrief`: its snapshot leaves out what `briefer` leaves out. */
export type NextSpec = { readonly spec: JournalSpec; readonly isBrief: boolean };

/**
 * `rows` after what `spec` holds, which ends at `end`. With much in it a snapshot takes the place of everything
 * before them: they themselves stay, so that whoever appended them finds them again. Undefined when even that does
 * not fit `bytesMax`.
 */
export function specWith(
  { spec, end }: { readonly spec: JournalSpec; readonly end: End },
  rows: readonly Row[],
  bytesMax: number,
): NextSpec | undefined {
  const last = rows.at(-1) ?? end.at;
  const lines = rows.map(lineOfRow);
  const next = (snapshot: string, records: readonly string[]): JournalSpec => ({
    format: OBJECT_FORMAT,
    epoch: last.epoch,
    index: last.index,
    snapshot,
    records: [...records],
  });
  const grown = next(spec.snapshot, [...spec.records, ...lines]);
  if (isShort(grown) && bytesOf(grown) <= bytesMax) return { spec: grown, isBrief: false };
  for (const isBrief of [false, true]) {
    const state = isBrief ? briefer(end.state) : end.state;
    // Before the first record there is nothing to keep.
    const snapshot = end.at.index === 0 ? '' : lineOfSnapshot(snapshotOf({ ...end, state }));
    const compacted = next(snapshot, lines);
    if (bytesOf(compacted) <= bytesMax) return { spec: compacted, isBrief };
  }
  return bytesOf(grown) <= bytesMax ? { spec: grown, isBrief: false } : undefined;
}

/** A snapshot is not written anew before as much has come as it holds itself. */
function isShort({ snapshot, records }: JournalSpec): boolean {
  const length = records.reduce((sum, line) => sum + line.length, 0);
  return records.length <= RECORDS_MAX && length <= Math.max(RECORDS_LENGTH_MAX, snapshot.length);
}

/** The size of the object with that spec, as it goes to the API server. */
export function bytesOf(spec: JournalSpec): number {
  return FRAME_BYTES + Buffer.byteLength(JSON.stringify(spec));
}

/** Short of room, of finished operations only that is kept which answers for them (P6, P7). */
export function briefer(state: JournalState): JournalState {
  return { ...state, finished: state.finished.map(summaryOf) };
}
