// The table of traps in the README of the cluster's tests.

import { resolve } from 'node:path';
import type { Trap } from './table.ts';
import type { Title } from './titles.ts';

/** Where the table stands. */
export const README = resolve(import.meta.dirname, '../README.md');

const BEGIN = '<!-- traps: written by `npm run traps` -->';
const END = '<!-- end of traps -->';

/** What is wrong with the table and the titles together, one sentence each. */
export function faultsOf(traps: readonly Trap[], titles: readonly Title[]): readonly string[] {
  const known = new Set(traps.map(({ name }) => name));
  const strangers = titles.flatMap(({ file, traps: names, words }) =>
    names
      .filter((name) => !known.has(name))
      .map((name) => `${file}: "${words}" springs ${name}, which is no trap of the table`),
  );
  const rows = traps.flatMap(({ name, why }) => {
    const isSprung = titles.some(({ traps: names }) => names.includes(name));
    if (isSprung && why !== undefined)
      return [`${name}: a test springs it, and the table says why none does`];
    if (!isSprung && why === undefined)
      return [`${name}: no test springs it, and the table does not say why`];
    return [];
  });
  const twice = traps.map(({ name }) => name).filter((name, at, names) => names.indexOf(name) !== at);
  return [...strangers, ...rows, ...twice.map((name) => `${name}: stands in the table twice`)];
}

/** The README with the table as it follows from both. Throws Error when it has no place for it. */
export function withTable(readme: string, traps: readonly Trap[], titles: readonly Title[]): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`the README has no place for the table: "${BEGIN}", "${END}"`);
  return `${readme.slice(0, begin)}${BEGIN}\n\n${tableOf(traps, titles)}\n\n${readme.slice(end)}`;
}

function tableOf(traps: readonly Trap[], titles: readonly Title[]): string {
  const rows = traps.map((trap) => {
    const tests = titles.filter(({ traps: names }) => names.includes(trap.name));
    const shown = tests.map(({ file, words }) => `[${words}](${file})`).join('; ');
    return `| ${trap.name} | ${trap.wrong} | ${trap.does} | ${shown === '' ? `none: ${trap.why}` : shown} |`;
  });
  return ['| trap | what could go wrong | what Baton does | test |', '|---|---|---|---|', ...rows].join('\n');
}
