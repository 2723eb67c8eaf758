// What a command reads before it can do anything: a person waits for it each time.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../coordinator/cli/baton.ts');

/** Says on standard output which module is read. */
const HOOK = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ load: (url, context, next) => (writeSync(1, 'read ' + url + '\\n'), next(url, context)) });
`)}`;

const LIBRARIES = ['@kubernetes/client-node', 'undici', 'zod', 'yaml'];

/** Libraries that this command reads, of those that are large. */
function readBy(words: readonly string[]): readonly string[] {
  const run = spawnSync(process.execPath, ['--import', HOOK, PROGRAM, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  const read = run.stdout.split('\n').filter((line) => line.startsWith('read '));
  expect(read.length).toBeGreaterThan(50);
  return LIBRARIES.filter((name) => read.some((line) => line.includes(`/node_modules/${name}/`)));
}

test('a command on this machine reads neither schemas nor the client of Kubernetes', () => {
  expect(readBy(['--help'])).toEqual([]);
  expect(readBy(['--address', '127.0.0.1:1', 'status'])).toEqual([]);
  expect(readBy(['--kubeconfig', '/nowhere/at/all', 'status'])).toContain('@kubernetes/client-node');
});
