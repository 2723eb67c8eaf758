// A program for tests: appends to the journal that its argument names for ever, and tells each record once it
// is durable, so that whoever kills it knows what must be there.

import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';

const journal = openSqliteJournal(process.argv[2] ?? '');
const read = await journal.read();
let at = read.at;
if (at.index === 0) {
  at = await journal.append(at, [
    {
      kind: 'opened',
      journalId: 'journal',
      partition: 'mini',
      operationsRememberedMax: 256,
      operationsInFullMax: 16,
    },
  ]);
}
for (;;) {
  at = await journal.append(at, [
    { kind: 'led', epoch: at.epoch + 1, operationNumber: 0 },
    { kind: 'led', epoch: at.epoch + 2, operationNumber: 0 },
  ]);
  process.stdout.write(`${at.index}\n`);
}
