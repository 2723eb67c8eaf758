import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initialDocument } from '../../coordinator/cli/commands/init.ts';
import { parseDocument } from '../../coordinator/document/parse.ts';
import { partitionJsonSchema } from '../../coordinator/document/schema.ts';
import { BUILTIN_MACHINES } from '../../protos/machine/builtin.ts';
import { dune } from '../../protos/machine/dune.ts';
import { fakeWorld, run } from '../cli/fakeWorld.ts';

const keyLines = (lines: string) => lines.match(/^ *[a-z]\w*:/gm)?.length ?? 0;

const text = (machine = dune) => `${initialDocument(machine).join('\n')}\n`;

test('the document to start from is as it was', async () => {
  await expect(text()).toMatchFileSnapshot('../testdata/document/init.yaml');
});

test.each(BUILTIN_MACHINES)(
  'that for $name is a good one, and its remarks tell the true defaults',
  async (machine) => {
    const written = text(machine);
    const parsed = await parseDocument(written, 'partition.yaml');
    expect(parsed.machine.name).toBe(machine.name);
    // What is commented out may be commented in, but for what has no default.
    const whole = written.replace(/^( *)# ( *[a-z]\w*:[^…\n]*)$/gm, '$1$2');
    expect(keyLines(whole)).toBeGreaterThan(keyLines(written) + 10);
    expect(await parseDocument(whole, 'partition.yaml')).toEqual(parsed);
  },
);

test('every key of the schema is shown or mentioned', () => {
  const keys = [...keysOf(partitionJsonSchema(), 0)];
  expect(keys).toContain('minMembers');
  const missing = keys.filter((key) => !new RegExp(`\\b${key}:`).test(text()));
  expect(missing).toEqual([]);
});

/** Property names; of a choice between forms only those of its first level: each form has pages of its own. */
function* keysOf(node: unknown, choices: number): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, child] of Object.entries(node)) {
    if (name === 'properties' && choices < 2) yield* Object.keys(child);
    if (name === 'properties') {
      for (const each of Object.values(child)) yield* keysOf(each, choices === 0 ? 0 : choices + 1);
    } else if (name === 'items') yield* keysOf(child, choices);
    else if (name === 'anyOf' || name === 'oneOf') {
      for (const each of Object.values(child)) yield* keysOf(each, choices + 1);
    }
  }
}

test('init writes a file, tells what to do next, and replaces nothing unless it must', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'baton-init-'));
  const file = join(directory, 'deep', 'daq.yaml');
  const world = () => ({ ...fakeWorld('127.0.0.1:1'), directory });
  try {
    const first = await run(world(), 'init -f deep/daq.yaml --machine occ');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('next: baton up -f deep/daq.yaml');
    expect(first.out).toContain('baton send start_run');
    expect(readFileSync(file, 'utf8')).toContain('machine: occ\n');
    writeFileSync(file, 'mine');
    const again = await run(world(), 'init -f deep/daq.yaml');
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain('deep/daq.yaml is there already: nothing was written; --force replaces it');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await run(world(), 'init -f deep/daq.yaml --force')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('machine: dune\n');
    expect((await run(world(), 'init -f deep')).err).toContain('deep is there already');
    expect((await run(world(), 'init -f deep --force')).err).toContain(
      'deep: want a file that can be written',
    );
    expect((await run(world(), 'init --machine dnue')).code).toBe(2);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
