import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { v1 } from '../../protos/load.ts';
import { unpackPrevious } from '../previous.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every file below a folder with its text, by its path in the folder. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [file.slice(folder.length), await readFile(file, 'utf8')] as const);
  return new Map((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('the generated types are those of the proto files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'baton-contract-'));
  try {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const generate = String(scripts.contract).replaceAll('protos/generated', folder);
    await run('sh', ['-c', generate], {
      cwd: ROOT,
      env: { ...process.env, PATH: `${ROOT}node_modules/.bin:${process.env['PATH']}` },
    });
    expect(await filesIn(folder), 'run: npm run contract').toEqual(
      await filesIn(join(ROOT, 'protos/generated')),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('buf finds nothing to complain of', async () => {
  await expect(run(join(ROOT, 'node_modules/.bin/buf'), ['lint'], { cwd: ROOT })).resolves.toMatchObject({
    stdout: '',
  });
});

test('nothing in the contract breaks the release before', async () => {
  using previous = unpackPrevious();
  const words = ['breaking', '--against', previous.folder];
  await expect(run(join(ROOT, 'node_modules/.bin/buf'), words, { cwd: ROOT })).resolves.toMatchObject({
    stdout: '',
  });
});

test('the contract has the three services', () => {
  expect(Object.keys(v1.Sidecar.service)).toContain('Control');
  expect(Object.keys(v1.Process.service)).toEqual(['Attach', 'Perform', 'GiveUp', 'Observe']);
  expect(Object.keys(v1.Coordinator.service)).toContain('Submit');
});
