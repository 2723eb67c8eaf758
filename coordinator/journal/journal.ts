// The journal as the coordinator needs it. Where it is kept is behind this port.

import type { RunControlError } from '../../protos/failure/trouble.ts';
import type { JournalRecord, JournalState } from '../core/model/journal.ts';

/** Format of the records that this release writes, and the newest that it reads. */
export const FORMAT_VERSION = 1;

/** The end of the journal as its only writer knows it: index of the last record (0: none) and its epoch. */
export type Position = { readonly epoch: number; readonly index: number };

export type Replayed = { readonly state: JournalState; readonly at: Position };

export type Journal = AsyncDisposable & {
  /**
   * Everything that is durable, replayed. Throws RunControlError STORAGE when that is impossible: a record
   * of a newer format, a damaged file. Nothing is changed then.
   */
  read(): Promise<Replayed>;
  /**
   * Makes `records` durable, all or none, if the journal still ends at `at`; gives its new end. Throws
   * StaleAppend when somebody else has written, RunControlError STORAGE when it cannot write. After either
   * this process must do nothing further (P8).
   */
  append(at: Position, records: readonly JournalRecord[]): Promise<Position>;
  /**
   * Why `records`, with which an operation begins, would leave too little room for how it goes on (LIMIT);
   * undefined: there is room. Absent where room has no end worth telling.
   */
  room?(records: readonly JournalRecord[]): RunControlError | undefined;
};

/** Somebody else has written the journal: this process does not lead any more (P8). */
export class StaleAppend extends Error {
  override readonly name = 'StaleAppend';

  constructor(where: string, at: Position, found: Position) {
    super(
      `the journal ${where} was written by another coordinator: expected its end at record ${at.index} ` +
        `of epoch ${at.epoch}, found record ${found.index} of epoch ${found.epoch}`,
    );
  }
}
