import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COORDINATOR } from '../../coordinator/failures.ts';
import { RefusalCode } from '../../protos/generated/baton/v1/RefusalCode.ts';
import { REFUSALS, SIDECAR } from '../../sidecar/failures.ts';
import { renderPage, SECTIONS } from './page.ts';
import { PAGE } from './place.ts';

/** Forty examples, some of them of programs that start, on a machine that others use too; in milliseconds. */
const PAGE_MS_MAX = 120_000;

const ROOT = join(import.meta.dirname, '../..');

test(
  'the page is what the tables and the programs say now; npm run errors writes it anew',
  async () => {
    expect(await renderPage()).toBe(readFileSync(PAGE, 'utf8'));
  },
  PAGE_MS_MAX,
);

test('each code says what has happened, what is true now, and what to do next, once each', () => {
  for (const { title, rows } of SECTIONS) {
    for (const { code, entry } of rows) {
      for (const words of [entry.means, entry.now, entry.next]) {
        expect({ title, code, words }).toMatchObject({ words: expect.stringMatching(/^[a-z'].{8,}[^.\s]$/) });
      }
    }
    const meanings = rows.map(({ entry }) => entry.means);
    expect(new Set(meanings).size).toBe(meanings.length);
  }
});

/** Codes by which the sources of a folder refuse, with the file of each. */
function codesIn(folder: string): readonly { readonly code: string; readonly file: string }[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/^(generated|node_modules)\//.test(name))
    .map((name) => join(folder, name));
  return files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const made = text.matchAll(/(?:RunControlError|refusal|turnedAway|refused)\(\s*'([A-Z_]+)'/g);
    return [...made].flatMap(([, code]) => (code === undefined ? [] : [{ code, file }]));
  });
}

test.each([
  ['coordinator', COORDINATOR],
  ['sidecar', { ...SIDECAR, ...REFUSALS }],
  // Both use what is in there.
  ['protos', { ...SIDECAR }],
] as const)('every code that %s/ uses is in its table', (folder, table) => {
  const used = codesIn(folder);
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter(({ code }) => !Object.hasOwn(table, code))).toEqual([]);
});

test('every code of refusal in the contract is in the table, and the other way round', () => {
  const wire = Object.keys(RefusalCode).filter((name) => name !== 'REFUSAL_CODE_UNSPECIFIED');
  expect(wire.toSorted()).toEqual(
    Object.keys(REFUSALS)
      .map((code) => `REFUSAL_CODE_${code}`)
      .toSorted(),
  );
});
