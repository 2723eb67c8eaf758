// Who leads, for a standby to tell: a note beside the journal. The lock is the truth, this is only a hint.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { fromStorageError } from '../journal/trouble.ts';

const schema = z.strictObject({
  pid: z.int().positive(),
  /** `host:port` of its gRPC server. */
  address: z.string().max(300),
  /** Milliseconds since 1970 when it took the lock. */
  sinceMs: z.int().nonnegative(),
});

export type Leader = z.infer<typeof schema>;

/** Where the note of the journal at `path` is. */
export function leaderNote(path: string): string {
  return `${path}.leader`;
}

/** Writes who leads the journal at `path`; whole or not at all. Throws RunControlError STORAGE. */
export function noteLeader(path: string, leader: Leader): void {
  const file = leaderNote(path);
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(leader)}\n`);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw fromStorageError(path, error);
  }
}

/** Who leads the journal at `path` as far as the note tells; undefined when it tells nothing. */
export function readLeader(path: string): Leader | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(leaderNote(path), 'utf8'))).data;
  } catch {
    // Absent, unreadable or half a file of another release: nobody depends on it.
    return undefined;
  }
}
