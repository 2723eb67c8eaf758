// Writes the stored journals of a release: `node test/journal/store.ts 0.1.0`. Run it once for each release
// that changes the format; what is stored is never changed again (P13).

import { mkdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import { openSqliteJournal, RECORDS_BEFORE_SNAPSHOT_MAX } from '../../coordinator/journal/sqlite.ts';
import { STORED } from './stored.ts';
import { operation, STORY } from './story.ts';

const release = process.argv[2] ?? '';
mkdirSync(STORED, { recursive: true });
await store('records', STORY);
// Enough records for a snapshot, and some after it, with an operation open.
const filler = Array.from({ length: RECORDS_BEFORE_SNAPSHOT_MAX }, (_, i): JournalRecord => {
  return { kind: 'led', epoch: 4 + i, operationNumber: 5 };
});
await store('snapshot', [...STORY, ...filler], [{ kind: 'accepted', operation: operation(6) }]);

async function store(name: string, ...appends: readonly (readonly JournalRecord[])[]): Promise<void> {
  const path = `${STORED}${release}-${name}`;
  {
    await using journal = openSqliteJournal(`${path}.db`);
    let { at } = await journal.read();
    for (const records of appends) at = await journal.append(at, records);
    writeFileSync(`${path}.json`, `${JSON.stringify(await journal.read(), undefined, 1)}\n`);
  }
  const database = new DatabaseSync(`${path}.db`);
  database.exec('VACUUM');
  database.close();
}
