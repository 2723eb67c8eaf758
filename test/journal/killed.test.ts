import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openSqliteJournal } from '../../coordinator/journal/sqlite.ts';
import { temporaryDirectory } from './directory.ts';

const PROGRAM = fileURLToPath(new URL('append.ts', import.meta.url));

/** Lets a process append until it has told of `lines` appends, then kills it; gives the last index it told. */
async function appendAndKill(path: string, lines: number): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let told = 0;
  let count = 0;
  for await (const line of createInterface(child.stdout)) {
    told = Number(line);
    count += 1;
    if (count >= lines) child.kill('SIGKILL');
  }
  await exit;
  return told;
}

test('kill -9 in the middle of appends loses nothing that was told, and no half of an append', async () => {
  using directory = temporaryDirectory();
  const path = directory.file('journal.db');
  for (const lines of [1, 7, 60, 200]) {
    const told = await appendAndKill(path, lines);
    await using journal = openSqliteJournal(path);
    const { at } = await journal.read();
    expect(at.index).toBeGreaterThanOrEqual(told);
    // `opened`, then appends of two.
    expect(at.index % 2).toBe(1);
    expect(at.epoch).toBe(at.index - 1);
  }
});
