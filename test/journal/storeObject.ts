// Writes the stored journal object of a release: `node test/journal/storeObject.ts 0.1.0`. Run it once for each
// release that changes the format; what is stored is never changed again (P13).

import { mkdirSync, writeFileSync } from 'node:fs';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import { createObjectJournal } from '../../coordinator/journal/object/journal.ts';
import { RECORDS_MAX } from '../../coordinator/journal/object/spec.ts';
import { MemoryObject } from './object/memory.ts';
import { STORED } from './stored.ts';
import { operation, STORY } from './story.ts';

const release = process.argv[2] ?? '';
mkdirSync(STORED, { recursive: true });
const object = new MemoryObject();
const journal = createObjectJournal({
  store: object.store,
  onWait: (why) => {
    throw why;
  },
  signal: new AbortController().signal,
  random: Math.random,
});
let { at } = await journal.read();
// Enough records for a snapshot, and some after it, short and long, with an operation open.
const filler = Array.from({ length: RECORDS_MAX }, (_, i): JournalRecord => {
  return { kind: 'led', epoch: 4 + i, operationNumber: 5 };
});
const cause = 'a hook that failed '.repeat(100);
const after: readonly JournalRecord[] = [
  { kind: 'runUnclean', cause },
  { kind: 'accepted', operation: operation(6) },
];
for (const records of [STORY, filler, after]) at = await journal.append(at, records);
const stored = { spec: object.stored?.spec, replayed: await journal.read() };
writeFileSync(`${STORED}${release}-object.json`, `${JSON.stringify(stored, undefined, 1)}\n`);
