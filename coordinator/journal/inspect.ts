// A journal read by somebody who does not lead: nothing is changed, and what is sound before a damage is told.

import { RunControlError } from '../../protos/failure/trouble.ts';
import type { JournalRecord, JournalState } from '../core/model/journal.ts';
import { copyJournal } from './copy.ts';
import { FORMAT_VERSION, type Position } from './journal.ts';
import { beginOf, replayRow } from './replay.ts';
import { openStore } from './store.ts';

export type Line = {
  readonly index: number;
  readonly epoch: number;
  readonly format: number;
  readonly record: JournalRecord;
};

export type Inspection = {
  /** What took the place of the records up to its index; undefined when all records are there. */
  readonly snapshot: (Position & { readonly format: number; readonly state: JournalState }) | undefined;
  /** The sound records after it. */
  readonly lines: readonly Line[];
  /** Where they lead. */
  readonly at: Position;
  readonly state: JournalState;
  /** Why the rest cannot be read; undefined when there is none. */
  readonly damage: RunControlError | undefined;
};

/**
 * Reads the journal at `path`, also while a coordinator writes it. Throws RunControlError STORAGE when not
 * even its first record can be read: no file, another program's file, a file that is cut off.
 */
export function inspectJournal(path: string): Inspection {
  using copy = copyJournal(path);
  using store = openStore(copy.path, path);
  const row = store.snapshot();
  let end = beginOf(path, row);
  const snapshot = row && { ...end.at, format: row.format, state: end.state };
  const lines: Line[] = [];
  let damage: RunControlError | undefined;
  for (const each of store.rows()) {
    try {
      const replayed = replayRow(path, end, each);
      end = replayed.end;
      lines.push({ ...end.at, format: each.format, record: replayed.record });
    } catch (error) {
      if (!(error instanceof RunControlError)) throw error;
      damage = error;
      break;
    }
  }
  return { snapshot, lines, at: end.at, state: end.state, damage };
}

/** The newest format among the records and the snapshot; that of this release in a journal without any. */
export function formatOf({ snapshot, lines }: Inspection): number {
  const formats = [...lines.map((line) => line.format), ...(snapshot === undefined ? [] : [snapshot.format])];
  return formats.length === 0 ? FORMAT_VERSION : Math.max(...formats);
}
