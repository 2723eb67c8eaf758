// What is said to a story of chaos, and what an operator in it is told.

import { expect, test } from 'vitest';
import { EXIT, type ExitCode } from '../../coordinator/cli/exit.ts';
import { parseFlags, SEED, STEPS } from '../cluster/chaos/flags.ts';
import { contradiction, otherThan, wordsOfSaid } from '../cluster/chaos/said.ts';
import { bugsIn, judgeRun } from '../cluster/chaos/verdict.ts';
import type { Report } from '../daq/verify.ts';

test('flags say how many steps of which story', () => {
  const run = { kind: 'run', seed: SEED, steps: STEPS, isOnlyTold: false };
  expect(parseFlags(['--seed', '7'])).toEqual({ ...run, seed: 7 });
  expect(parseFlags(['--steps=3', '--tell'])).toEqual({ ...run, steps: 3, isOnlyTold: true });
  expect(parseFlags(['--help', '--steps', 'many'])).toEqual({ kind: 'help' });
});

test('wrong flags are all told at once', () => {
  expect(parseFlags(['--steps', '0', '--seed', '-1', '--faster', 'now'])).toEqual({
    kind: 'wrong',
    problems: [
      '--faster: want one of --steps, --seed, --tell, --help',
      'now: want only flags after chaos',
      '--steps: want a whole number from 1 to 10000, got "0"',
      '--seed: want a whole number from 0 to 4294967295, got "-1"',
    ],
  });
  expect(parseFlags(['--seed'])).toEqual({
    kind: 'wrong',
    problems: ['--seed: want a whole number from 0 to 4294967295, got nothing'],
  });
  expect(parseFlags(['--steps', '1e3'])).toMatchObject({ kind: 'wrong' });
  expect(parseFlags(['--seed', '4294967296'])).toMatchObject({ kind: 'wrong' });
});

const said = (code: ExitCode, out = '', err = '') => ({ code, out, err });

test('of what was said the sentence is told that tells most', () => {
  expect(wordsOfSaid(said(EXIT.done, 'step 1\nnow: mini is running, run 3 goes on\n'))).toBe(
    '0 now: mini is running, run 3 goes on',
  );
  expect(wordsOfSaid(said(EXIT.refused, '', 'baton: refused\nnow: nothing was done\n'))).toBe(
    '3 baton: refused',
  );
});

test('an answer that was given is given again, and another command under its id is refused', () => {
  const done = said(EXIT.done);
  expect(contradiction(done, done, false)).toBe('');
  expect(contradiction(done, said(EXIT.refused, '', 'unknown id'), false)).toBe(
    'it was done, and now 3 unknown id',
  );
  expect(contradiction(done, said(EXIT.refused), true)).toBe('');
  expect(contradiction(done, done, true)).toMatch(/^want a refusal/);
});

test('who was told nothing cannot be contradicted', () => {
  expect(contradiction(said(EXIT.unreachable), said(EXIT.done), true)).toBe('');
  expect(contradiction(said(EXIT.done), said(EXIT.unreachable), false)).toBe('');
  expect(contradiction(said(EXIT.done), said(EXIT.failed, '', 'STORAGE: it waits'), false)).toBe('');
});

test('what is asked for under a used id is something else', () => {
  for (const line of ['goto initial', 'recover']) expect(otherThan(line)).not.toBe(line);
});

const WHOLE: Report = {
  dataDir: '/data',
  run: 1,
  path: '/data/run1.hdf5',
  fragments: { readOut: 8, built: 8, written: 8, missing: 0, double: 0, corrupt: 0 },
  records: { built: 2, written: 2, incomplete: 0 },
  missingOf: {},
  notes: [],
  ok: true,
};
const TORN: Report = { ...WHOLE, fragments: { ...WHOLE.fragments, missing: 3 }, ok: false };

const wrongOf = (status: string, cause: string, report: Report | undefined) =>
  judgeRun({ number: 1, status: `RUN_STATUS_${status}`, cause }, report).wrong.join();

test('a clean run is whole, an unclean one names somebody, and none stays open', () => {
  expect(wrongOf('CLEAN', '', WHOLE)).toBe('');
  expect(wrongOf('CLEAN', '', TORN)).toMatch(
    /^P16 nothing lost: run 1 clean: 8 read out, 8 written, 3 missing/,
  );
  expect(wrongOf('UNCLEAN', 'readout-2 did not answer', TORN)).toBe('');
  expect(wrongOf('UNCLEAN', 'the stop did not succeed', TORN)).toMatch(
    /^P16 an unclean end names the targets/,
  );
  expect(wrongOf('UNCLEAN', 'it did not start', undefined)).toBe('');
  expect(wrongOf('OPEN', '', WHOLE)).toMatch(/^P12/);
});

test('a process that ended by a bug does not go unnoticed because it was started again', () => {
  const bug = 'coordinator: a bug: waves start in order; now: it ends';
  expect(bugsIn(['{"msg":"the Lease is lost"}', bug])).toEqual([bug]);
});
