import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In memory where there is such a place: thousands of files are written and synced. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** An empty directory that is removed when it is disposed of. */
export function memoryDirectory(): Disposable & { readonly path: string; file(name: string): string } {
  const path = mkdtempSync(join(ROOM, 'baton-fuzz-'));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
