// Which Events are written: each thing once, what happens again as a series of the same Event, and never too many.

import { createHash } from 'node:crypto';
import { freshPace, type Pace, type PaceLimits, take } from '../pace.ts';
import type { Note } from './note.ts';

/** Events of one partition: as many at once as the recorder of client-go allows, then one more every 20 s. */
export const EVENT_PACE: PaceLimits = { burst: 25, everyMs: 20_000 };

/** Things that are remembered, so that a repeat is told as one. */
export const NOTED_MAX = 64;

/** A series is told anew no sooner than this, in milliseconds: its count then is the true one. */
export const SERIES_EVERY_MS = 60_000;

type Noted = { readonly name: string; readonly count: number; readonly toldMs: number };

/** What was told by this leader. */
export type Book = { readonly noted: ReadonlyMap<string, Noted>; readonly pace: Pace };

/** What is to be written; `name` is the same wherever the same thing is told. */
export type EventWrite =
  | { readonly kind: 'create'; readonly name: string; readonly note: Note }
  | { readonly kind: 'repeat'; readonly name: string; readonly count: number };

export function emptyBook(nowMs: number): Book {
  return { noted: new Map(), pace: freshPace(EVENT_PACE, nowMs) };
}

/** Takes a note at a moment of the monotonic clock; `write` is absent when nothing is to be written now. */
export function enter(
  book: Book,
  note: Note,
  nowMs: number,
): { readonly book: Book; readonly write?: EventWrite } {
  const known = book.noted.get(note.key);
  if (known === undefined) return create(book, note, nowMs);
  const count = known.count + 1;
  const isDue = nowMs - known.toldMs >= SERIES_EVERY_MS;
  const pace = isDue ? take(book.pace, EVENT_PACE, nowMs) : undefined;
  const counted = { ...known, count, toldMs: pace === undefined ? known.toldMs : nowMs };
  const next = { pace: pace ?? book.pace, noted: remember(book.noted, note.key, counted) };
  if (pace === undefined) return { book: next };
  return { book: next, write: { kind: 'repeat', name: known.name, count } };
}

/** What finds no room is not remembered either: when it happens again it may be told. */
function create(book: Book, note: Note, nowMs: number): { readonly book: Book; readonly write?: EventWrite } {
  const pace = take(book.pace, EVENT_PACE, nowMs);
  if (pace === undefined) return { book };
  const name = digestOf(note.key);
  const noted = remember(book.noted, note.key, { name, count: 1, toldMs: nowMs });
  return { book: { noted, pace }, write: { kind: 'create', name, note } };
}

/** The oldest are forgotten first. */
function remember(noted: ReadonlyMap<string, Noted>, key: string, entry: Noted): ReadonlyMap<string, Noted> {
  const others = [...noted].filter(([each]) => each !== key);
  return new Map([...others, [key, entry] as const].slice(-NOTED_MAX));
}

const DIGEST_LENGTH = 16;

/** What names an Event about that, the same whoever tells it. */
export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, DIGEST_LENGTH);
}
