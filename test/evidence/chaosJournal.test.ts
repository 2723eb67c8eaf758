// A journal that is looked at several times while a story goes on: what its snapshots swallow is still known.

import { expect, test } from 'vitest';
import type { Row, SnapshotRow } from '../../coordinator/journal/store.ts';
import { openSeen } from '../cluster/chaos/seen.ts';

const common = { epoch: 1, format: 1, checksum: '' } as const;
const row = (index: number): Row => ({ ...common, index, appendId: `append-${index}`, record: '' });
const snapshot = (index: number): SnapshotRow => ({ ...common, index, chain: '', state: '' });
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => row(from + at));

test('records that a snapshot has swallowed are there, and no snapshot is needed', () => {
  const seen = openSeen();
  seen.add(undefined, rows(1, 4));
  seen.add(snapshot(3), rows(4, 6));
  expect(seen.upTo(6)).toEqual({ snapshot: undefined, rows: rows(1, 6) });
});

test('where some were never seen, the story begins with the snapshot that knows them', () => {
  const seen = openSeen();
  seen.add(undefined, rows(1, 4));
  seen.add(snapshot(7), rows(8, 9));
  seen.add(snapshot(8), rows(9, 10));
  expect(seen.upTo(10)).toEqual({ snapshot: snapshot(7), rows: rows(8, 10) });
});

test('a snapshot without records after it is a beginning as well', () => {
  const seen = openSeen();
  seen.add(snapshot(7), []);
  expect(seen.upTo(7)).toEqual({ snapshot: snapshot(7), rows: [] });
});

test('what nobody saw is not made up', () => {
  const seen = openSeen();
  seen.add(undefined, rows(3, 4));
  expect(() => seen.upTo(4)).toThrow('neither record 2 nor a snapshot of it was seen');
});
