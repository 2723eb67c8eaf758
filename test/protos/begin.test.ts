import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { begin } from '../../protos/begin.ts';

test('what the system refuses on the spot is no child, and says why', async () => {
  const begun = begin(() => spawn('true', { cwd: import.meta.filename }));
  if (begun.child !== undefined) throw new Error('it was begun');
  expect(await begun.why).toEqual({ kind: 'notStarted', cause: 'spawn ENOTDIR' });
});

test('without a descriptor for its pipes it is no child, and says why', async () => {
  // In a process of its own: nothing else could work here meanwhile.
  const program = `
    import { spawn } from 'node:child_process';
    import { closeSync, openSync } from 'node:fs';
    import { begin } from ${JSON.stringify(join(import.meta.dirname, '../../protos/begin.ts'))};
    const held = [];
    try { for (;;) held.push(openSync('/dev/null')); } catch {}
    const begun = begin(() => spawn('true'));
    held.forEach((fd) => closeSync(fd));
    process.stdout.write(JSON.stringify(await begun.why));
  `;
  const limited = 'ulimit -n 64; exec "$0" --input-type=module-typescript -e "$1"';
  const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, program]);
  expect(JSON.parse(stdout)).toEqual({ kind: 'notStarted', cause: 'spawn true EMFILE' });
});

test('what is told by an event is a child, and so is what begins', () => {
  for (const file of ['/nowhere/readout', 'true']) {
    const begun = begin(() => spawn(file));
    begun.child?.on('error', () => undefined);
    expect(begun.child).toBeDefined();
  }
});
