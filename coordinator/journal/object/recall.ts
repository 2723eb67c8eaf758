// After a write whose outcome is not certain, the object itself is asked (P8). What it says is decided here.

import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { JournalSpec } from '../../cluster/resources/journal.ts';
import type { Position } from '../journal.ts';
import { appendIdOf } from './line.ts';
import type { Stored } from './store.ts';

export type Recalled =
  /** It is done. */
  | { readonly kind: 'ours'; readonly version: string }
  /** It is not done, and nobody else has written: to be tried again over that version; undefined: anew. */
  | { readonly kind: 'again'; readonly version: string | undefined }
  /** Somebody else has written. */
  | { readonly kind: 'others'; readonly at: Position };

/** What became of writing `after` over `before`, as the object that was `found` since tells. */
export function recall({
  before,
  after,
  found,
}: {
  readonly before: JournalSpec;
  readonly after: JournalSpec;
  readonly found: Stored | undefined;
}): Recalled {
  // Taken away under us: what we know is all there is.
  if (found === undefined) return { kind: 'again', version: undefined };
  const { version, spec } = found;
  const end = endSchema.safeParse(spec).data ?? { epoch: 0, index: 0, records: [] };
  if (end.index === after.index && end.epoch === after.epoch && isSameAppend(end.records, after.records))
    return { kind: 'ours', version };
  // Another label or annotation is no line of the journal.
  if (isDeepStrictEqual(spec, before)) return { kind: 'again', version };
  return { kind: 'others', at: { epoch: end.epoch, index: end.index } };
}

const endSchema = z.object({ epoch: z.int(), index: z.int(), records: z.array(z.string()) });

/** The newest append always stands in records, also when it has compacted what was before. */
function isSameAppend(found: readonly string[], ours: readonly string[]): boolean {
  const id = appendIdOf(ours.at(-1) ?? '');
  return id !== undefined && appendIdOf(found.at(-1) ?? '') === id;
}
