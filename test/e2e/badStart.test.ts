// What keeps `baton up` from starting: a clear sentence, exit code, and nothing runs.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { startBaton } from './child.ts';
import { startDaq } from './daq.ts';
import { openSite, type Site, TEST_MS_MAX } from './site.ts';

vi.setConfig({ testTimeout: TEST_MS_MAX });

const STORED = join(import.meta.dirname, '../testdata/journals/0.1.0-records.db');

function journalOf(site: Site): string {
  mkdirSync(site.directory);
  return join(site.directory, 'journal.sqlite');
}

const UNUSABLE = [
  [
    'that is no database',
    (path: string) => writeFileSync(path, 'no journal at all\n'.repeat(300)),
    /journal\.sqlite: is not an SQLite database; .* restore it from a copy, or move it away to begin a new journal/,
  ],
  [
    'that was cut off',
    (path: string) => writeFileSync(path, ''),
    /journal\.sqlite: is empty, so it was cut off/,
  ],
  [
    'of a newer release',
    (path: string) => {
      copyFileSync(STORED, path);
      using database = new DatabaseSync(path);
      database.exec('PRAGMA user_version = 99');
    },
    /journal\.sqlite: has table layout 99, this release supports up to 1; start a newer release; nothing was changed/,
  ],
] as const;

test.each(UNUSABLE)('a journal %s', async (_, spoil, words) => {
  using site = openSite({ members: { writer: 1 } });
  spoil(journalOf(site));
  await using up = startBaton(site.home, 'up -f partition.yaml');
  expect(await up.ended).toBe(1);
  expect(up.err()).toMatch(words);
  expect(up.out()).toBe('');
});

test('a port of the coordinator in use', async () => {
  await using stack = new AsyncDisposableStack();
  const other = createServer().listen(0, '127.0.0.1');
  stack.defer(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const bound = other.address();
  const port = typeof bound === 'object' ? bound?.port : undefined;
  using site = openSite({ members: { writer: 1 }, spec: { ports: { coordinator: port } } });
  await using up = startBaton(site.home, 'up -f partition.yaml');
  expect(await up.ended).toBe(1);
  expect(up.err()).toContain(`cannot listen on 127.0.0.1:${port}: another program listens there`);
});

test('a second one on the same directory, which leaves the first alone', async () => {
  await using daq = await startDaq({ members: { writer: 1 } });
  await using second = startBaton(daq.site.home, 'up -f partition.yaml');
  expect(await second.ended).toBe(3);
  expect(second.err()).toMatch(
    new RegExp(`^baton: baton up runs already on .*, as process ${process.pid}; stop it, or choose another`),
  );
  expect(await daq.baton('send conf')).toMatchObject({ code: 0 });
  await daq.end();
});
