// A program for tests: opens and reads the journal that its argument names, and says what became of it.

import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';

try {
  await using journal = openSqliteJournal(process.argv[2] ?? '');
  const { at } = await journal.read();
  process.stdout.write(`record ${at.index}`);
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : String(error));
}
