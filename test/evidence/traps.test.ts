// Every trap is sprung by a test of the cluster, or it is said why not; the README has what follows from both.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faultsOf, README, withTable } from '../cluster/traps/page.ts';
import { TRAPS } from '../cluster/traps/table.ts';
import { readTitles, titlesIn } from '../cluster/traps/titles.ts';

test('each trap has a test or a reason, and each test names traps that there are', () => {
  expect(faultsOf(TRAPS, readTitles())).toEqual([]);
});

test('the table of the README is what `npm run traps` writes', () => {
  const readme = readFileSync(README, 'utf8');
  expect(readme).toBe(withTable(readme, TRAPS, readTitles()));
});

test('all numbers are there', () => {
  const count = (kind: string) => TRAPS.filter(({ name }) => name.startsWith(kind)).length;
  expect([count('trap-'), count('seen-1.')]).toEqual([30, 14]);
});

test('a title is read with its names, however it is quoted', () => {
  const text = "test('trap-1, seen-1.2: one', f);\ntest.each(x)(`trap-3: of %s`, f);\ntest('no trap-4', f);";
  expect(titlesIn('a.test.ts', text)).toEqual([
    { file: 'a.test.ts', traps: ['trap-1', 'seen-1.2'], words: 'one' },
    { file: 'a.test.ts', traps: ['trap-3'], words: 'of %s' },
  ]);
});

test('what does not fit is told', () => {
  const trap = { name: 'trap-1', wrong: '', does: '' };
  const title = { file: 'a.test.ts', traps: ['trap-1'], words: 'one' };
  expect(
    faultsOf([trap, { ...trap, name: 'trap-2' }, trap], [{ ...title, traps: ['trap-1', 'trap-9'] }]),
  ).toEqual([
    'a.test.ts: "one" springs trap-9, which is no trap of the table',
    'trap-2: no test springs it, and the table does not say why',
    'trap-1: stands in the table twice',
  ]);
  expect(faultsOf([{ ...trap, why: 'so' }], [title])).toEqual([
    'trap-1: a test springs it, and the table says why none does',
  ]);
});
