import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDocument, readDocument } from '../../coordinator/document/parse.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { DOCUMENTS, edited, GOOD, PATH, problemsOf } from './documents.ts';

async function machineOf(text: string): Promise<Machine> {
  return (await parseDocument(text, PATH)).machine;
}

describe('a good document', () => {
  test('has every default filled in', async () => {
    const segment = {
      critical: true,
      order: 'together',
      adapter: { type: 'grpc', port: 0 },
      process: { command: ['sleep', '100'], workingDirectory: resolve(DOCUMENTS), environment: {} },
      stop: { gracePeriodMs: 30_000, marginMs: 2_000 },
    };
    expect(await parseDocument(GOOD, PATH)).toEqual({
      name: 'small',
      machine: minimal,
      heartbeatIntervalMs: 1_000,
      segments: [
        { ...segment, name: 'source', members: 2, minMembers: 2 },
        { ...segment, name: 'sink', members: 1, minMembers: 1 },
      ],
      ports: { coordinator: 0, sidecars: 0, probes: 0 },
      leave: { policy: 'stopRun' },
      onCordon: 'warn',
      startup: { timeoutMs: 60_000 },
    });
  });

  test('says what it says', async () => {
    const document = await readDocument(`${DOCUMENTS}/daq.yaml`);
    const told = JSON.stringify({ ...document, machine: document.machine.name }, null, 2);
    const text = `${told.replaceAll(resolve(DOCUMENTS), '/documents')}\n`;
    await expect(text).toMatchFileSnapshot('../testdata/document/daq.json');
  });

  test('may be written as JSON', async () => {
    const json = JSON.stringify({
      apiVersion: 'baton.dev/v1alpha1',
      kind: 'Partition',
      metadata: { name: 'small' },
      spec: { machine: minimal, segments: [{ name: 'sink', members: 1, adapter: { port: 7_000 } }] },
    });
    expect(await machineOf(json)).toEqual(minimal);
  });

  test('may name files that differ from member to member: these are not looked for', async () => {
    const process =
      'command: ["./run-{ordinal}", "{segment}.ts"]\n        workingDirectory: "work/{segment}"';
    const text = edited(GOOD, 'command: [sleep, "100"]', process);
    const { segments } = await parseDocument(text, PATH);
    expect(segments[0]?.process?.workingDirectory).toBe(resolve(DOCUMENTS, 'work/{segment}'));
  });

  test('may use anchors', async () => {
    const text = edited(
      edited(GOOD, 'command: [sleep', 'command: &sleep [sleep'),
      'command: [sleep, "100"]',
      'command: *sleep',
    );
    expect((await parseDocument(text, PATH)).segments[1]?.process?.command).toEqual(['sleep', '100']);
  });
});

describe('at the limit a document', () => {
  test.each([
    ['has 10000 targets', 'members: 2\n', 'members: 9999\n'],
    [
      'needs all members of a segment that is not critical',
      'members: 2\n',
      'members: 2\n      critical: false\n      minMembers: 2\n',
    ],
    [
      'needs no member of a segment that is not critical',
      'members: 2\n',
      'members: 2\n      critical: false\n      minMembers: 0\n',
    ],
    ['says of a critical segment what is so anyway', 'members: 2\n', 'members: 2\n      minMembers: 2\n'],
    ['takes the last port', 'members: 2\n', 'members: 2\n      adapter: { port: 65534 }\n'],
    [
      'has ports side by side',
      '  segments:',
      '  ports: { coordinator: 7000, sidecars: 7001, probes: 7004 }\n  segments:',
    ],
    ['has a name of 63 characters', 'name: small', `name: ${'x'.repeat(63)}`],
    ['has a segment with a name of 52 characters', 'name: sink', `name: ${'x'.repeat(52)}`],
  ])('%s', async (_, from, to) => {
    expect((await parseDocument(edited(GOOD, from, to), PATH)).segments.length).toBe(2);
  });
});

describe('a file', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'baton-document-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  test('that is not there is refused by name', async () => {
    expect(await problemsOf(readDocument('nowhere.yaml'))).toEqual([
      'nowhere.yaml: want a file that can be read, got no such file',
    ]);
  });

  test('that is a directory is refused', async () => {
    expect(await problemsOf(readDocument(directory))).toEqual([
      `${directory}: want a file that can be read, got something else`,
    ]);
  });

  test('that is no text is refused', async () => {
    expect(await problemsOf(readDocument(`${DOCUMENTS}/no-text.yaml`))).toEqual([
      `${DOCUMENTS}/no-text.yaml: want text in UTF-8, got other bytes`,
    ]);
  });

  test('may be as large as the limit, and one byte more is refused', async () => {
    const path = join(directory, 'large.yaml');
    const padding = '#'.repeat(262_144 - GOOD.length);
    await writeFile(path, GOOD + padding);
    expect((await readDocument(path)).name).toBe('small');
    await writeFile(path, `${GOOD + padding}#`);
    expect(await problemsOf(readDocument(path))).toEqual([
      `${path}: want a file of at most 262144 bytes, got 262145 bytes`,
    ]);
  });

  test('that may not be read is refused', async () => {
    const path = join(directory, 'secret.yaml');
    await writeFile(path, GOOD);
    await chmod(path, 0);
    // The superuser may read everything.
    if (process.getuid?.() === 0) return;
    expect(await problemsOf(readDocument(path))).toEqual([
      `${path}: want a file that can be read, got no permission`,
    ]);
  });
});
