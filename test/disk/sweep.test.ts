import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepAll, sweepTable } from './sweep.ts';

/** Thousands of files are written and synced: in memory, where there is such a place. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

test('P6, P9: cut at every byte it is the state before, the state with it, or refused', async () => {
  const directory = mkdtempSync(join(ROOM, 'baton-sweep-'));
  try {
    const sweeps = await sweepAll((name) => join(directory, name));
    expect(sweeps.flatMap(({ counts }) => counts.wrong)).toEqual([]);
    // Whoever changes a figure says why: a refusal more is a journal less that can be used.
    expect(readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')).toContain(sweepTable(sweeps));
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 120_000);
