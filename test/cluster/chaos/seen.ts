// Records of a journal, put together from several looks at it: each shows a snapshot and what came after it.

import type { Row, SnapshotRow } from '../../../coordinator/journal/store.ts';

export type Seen = {
  /** What one look has shown. */
  readonly add: (snapshot: SnapshotRow | undefined, rows: readonly Row[]) => void;
  /**
   * The records up to `last` that follow each other without a gap, as many as were seen, and the snapshot before them
   * unless they are all. Throws when there is no such snapshot.
   */
  readonly upTo: (last: number) => {
    readonly snapshot: SnapshotRow | undefined;
    readonly rows: readonly Row[];
  };
};

/** Nothing was seen yet. */
export function openSeen(): Seen {
  const byIndex = new Map<number, Row>();
  const snapshots = new Map<number, SnapshotRow>();
  return {
    add: (snapshot, rows) => {
      if (snapshot !== undefined) snapshots.set(snapshot.index, snapshot);
      for (const row of rows) byIndex.set(row.index, row);
    },
    upTo: (last) => {
      let first = last + 1;
      while (byIndex.has(first - 1)) first -= 1;
      // One that was taken later has swallowed records that were seen.
      const begins = [0, ...snapshots.keys()].filter((index) => index >= first - 1 && index <= last);
      const begin = Math.min(...begins);
      if (begins.length === 0) throw new Error(`neither record ${first - 1} nor a snapshot of it was seen`);
      const rows = [...byIndex.values()].filter(({ index }) => index > begin && index <= last);
      return { snapshot: snapshots.get(begin), rows: rows.toSorted((a, b) => a.index - b.index) };
    },
  };
}
