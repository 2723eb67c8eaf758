// A laboratory may go back to the release before: what this one has written, that one reads (P13).

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import { openSqliteJournal, RECORDS_BEFORE_SNAPSHOT_MAX } from '../../coordinator/journal/sqlite.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { PREVIOUS, unpackPrevious } from '../previous.ts';
import { temporaryDirectory } from './directory.ts';
import { operation, STORY } from './story.ts';

const run = promisify(execFile);

const previous = unpackPrevious();

afterAll(() => previous[Symbol.dispose]());

/** What the story leaves out. */
const MORE: readonly JournalRecord[] = [
  { kind: 'machine', hash: machineHash(minimal), table: minimal },
  { kind: 'accepted', operation: operation(6, { runNumber: 8, startsRunAt: 0 }) },
  { kind: 'waveDone', number: 6, step: 0, wave: 0, troubles: [] },
  { kind: 'waveDone', number: 6, step: 0, wave: 1, troubles: [] },
  { kind: 'finished', number: 6, outcome: 'succeeded', cause: '', atMs: 1_700_000_003_000, unknown: [] },
  { kind: 'runUnclean', cause: 'readout-1 was killed' },
  {
    kind: 'runAbandoned',
    run: { number: 8, clean: false, cause: 'all of it was deleted' },
    atMs: 1_700_000_004_000,
  },
];

/** Each of them stands in what is written below: the compiler asks for the new ones. */
const KINDS = {
  opened: true,
  led: true,
  machine: true,
  accepted: true,
  waveDone: true,
  cancelRequested: true,
  finished: true,
  released: true,
  declaredGone: true,
  adopted: true,
  runUnclean: true,
  runAbandoned: true,
} as const satisfies Record<JournalRecord['kind'], true>;

/** Gives what the command of that release says of a journal; rejects when it ends with trouble. */
async function asked(words: 'check' | 'export', path: string): Promise<string> {
  const program = join(previous.folder, 'coordinator', 'cli', 'baton.ts');
  return (await run(process.execPath, [program, 'journal', words, path])).stdout;
}

async function written(path: string, appends: readonly (readonly JournalRecord[])[]): Promise<void> {
  await using journal = openSqliteJournal(path);
  let { at } = await journal.read();
  for (const records of appends) at = await journal.append(at, records);
}

test(`every kind of record that is written now is read by ${PREVIOUS.version}`, async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const records = [...STORY, ...MORE];
  expect(new Set(records.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KINDS)));
  await written(path, [records]);
  const lines = (await asked('export', path)).trim().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line).record)).toEqual(records);
});

test(`a snapshot that is written now is read by ${PREVIOUS.version}, and so is what comes after it`, async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  const filler = Array.from({ length: RECORDS_BEFORE_SNAPSHOT_MAX }, (_, i): JournalRecord => {
    return { kind: 'led', epoch: 4 + i, operationNumber: 5 };
  });
  await written(path, [[...STORY, ...filler], [{ kind: 'accepted', operation: operation(6) }]]);
  expect(await asked('check', path)).toContain('snapshot');
});
