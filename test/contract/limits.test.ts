// Every limit has a test at its limit: one that names the constant, or one that is listed here since it writes
// the number out, as users would meet it. That a test names a limit proves little; that none does proves enough.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const THIS = 'test/contract/limits.test.ts';

/** Tests that write a limit out: their file, and words of theirs. */
const BY_VALUE: Readonly<Record<string, readonly [file: string, words: string]>> = {
  ALIASES_MAX: ['test/document/faults.test.ts', 'a bomb of aliases'],
  ARGUMENTS_BYTES_MAX: ['test/coordinator/request.test.ts', 'arguments of 70 KB'],
  ARGUMENTS_MAX: ['test/machine/faults.ts', 'too many arguments'],
  BODY_BYTES_MAX: ['test/sidecar/http/completion.test.ts', "'x'.repeat(300_000)"],
  DESCRIPTION_LENGTH_MAX: ['test/machine/faults.ts', 'a description that is too long'],
  DETAIL_LENGTH_MAX: ['test/coordinator/api.test.ts', "detail: 'x'.repeat(501)"],
  DOCUMENT_BYTES_MAX: ['test/document/read.test.ts', 'may be as large as the limit, and one byte more'],
  FAILPOINT_TIMES_MAX: ['test/failure/failpoints.test.ts', 'journal.led@1000001'],
  GROUPS_MAX: ['test/machine/faults.ts', 'too many groups'],
  ID_CHARACTERS_MAX: ['test/sidecar/misbehaving.test.ts', 'a start id of 65 characters'],
  LOG_BYTES_MAX: ['test/up/parts.test.ts', 'a log is bounded'],
  NAME_LENGTH_MAX: ['test/machine/faults.ts', 'a name that is too long'],
  ONE_OF_MAX: ['test/machine/faults.ts', 'too many choices'],
  OPERATIONS_BYTES_MAX: ['test/coordinator/size.test.ts', 'a list of operations is cut to one message'],
  OPERATOR_LENGTH_MAX: ['test/coordinator/request.test.ts', "operator: 'x'.repeat(65)"],
  PROBLEMS_TOLD_MAX: ['test/document/faults.test.ts', 'of very many faults the first hundred are told'],
  PORT_MAX: ['test/document/faults.test.ts', 'a port beyond the last'],
  SEGMENTS_MAX: ['test/machine/faults.ts', 'too many segments in a group'],
  SEGMENT_LENGTH_MAX: ['test/document/faults.test.ts', 'a segment with a name that is too long'],
  SEQUENCES_MAX: ['test/machine/faults.ts', 'too many sequences'],
  SILENT_INTERVALS_MAX: ['test/sidecar/misbehaving.test.ts', 'the process said nothing for 5000 ms'],
  STATES_MAX: ['test/machine/faults.ts', 'too many states'],
  STEPS_MAX: ['test/machine/faults.ts', 'too many steps'],
  TABLE_LENGTH_MAX: ['test/machine/faults.ts', 'a table that is too large'],
  TARGETS_BYTES_MAX: ['test/coordinator/size.test.ts', 'a large operation takes its room from the targets'],
  TRANSITIONS_MAX: ['test/machine/faults.ts', 'too many transitions'],
  UNIT_LENGTH_MAX: ['test/machine/faults.ts', 'a unit that is too long'],
  WAVES_MAX: ['test/document/faults.test.ts', 'more waves than a transition may take'],
};

/** Those without a test, and why. */
const EXCUSED: Readonly<Record<string, string>> = {
  STEP_MAX: 'no limit, but a step beyond every other',
  JOB_CHARACTERS_MAX: 'cuts the name of a job that no DAQ gives so long',
};

function sourcesIn(folder: string): readonly string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/generated\//.test(path));
}

/** Exported limits of size and number. How long something may take is told by its behaviour. */
function limits(): readonly string[] {
  const texts = ['coordinator', 'sidecar', 'protos']
    .flatMap(sourcesIn)
    .map((path) => readFileSync(path, 'utf8'));
  const names = texts.flatMap((text) =>
    [...text.matchAll(/^export const ([A-Z0-9_]+_MAX)\b/gm)].map(([, name = '']) => name),
  );
  return [...new Set(names)]
    .filter((name) => !name.endsWith('_MS_MAX') && EXCUSED[name] === undefined)
    .sort();
}

test('every limit is named by a test, or its test is listed here', () => {
  const tests = sourcesIn('test').filter((path) => path !== join(ROOT, THIS));
  const words = new Set(tests.flatMap((path) => readFileSync(path, 'utf8').match(/[A-Z0-9_]+_MAX\b/g) ?? []));
  const all = limits();
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter((name) => !words.has(name) && BY_VALUE[name] === undefined)).toEqual([]);
  expect(Object.keys(BY_VALUE).filter((name) => !all.includes(name) || words.has(name))).toEqual([]);
});

test.each(Object.entries(BY_VALUE))('the test of %s is there', (_, [file, words]) => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(words);
});
