// Where the benchmark writes: the journal on a real disk, the state files in memory, as in a pod.

import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Directories, Way } from './messages.ts';

const SHARED_MEMORY = '/dev/shm';

/** What statfs calls a file system that lives in memory. */
const TMPFS = 0x01021994;

// A child that was killed in the middle of a start may still make a file.
const REMOVE = { recursive: true, force: true, maxRetries: 10 } as const;

export type Places = Disposable & {
  readonly disk: string;
  readonly memory: string;
  /** What the directories really are, one sentence. */
  readonly words: string;
  /** Directories of one way, made. */
  of(way: Way): Directories;
};

/** Makes directories that are removed when it is disposed of. */
export function makeDirectories(): Places {
  const disk = mkdtempSync(fileURLToPath(new URL('run-', import.meta.url)));
  const memory = mkdtempSync(join(isInMemory(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'baton-bench-'));
  const of = (way: Way): Directories => {
    const made = { disk: join(disk, way), memory: join(memory, way) };
    for (const path of Object.values(made)) mkdirSync(path);
    return made;
  };
  return {
    disk,
    memory,
    words: `journal on ${kindOf(disk)}, state files on ${kindOf(memory)}`,
    of,
    [Symbol.dispose]: () => {
      for (const path of [disk, memory]) rmSync(path, REMOVE);
    },
  };
}

function kindOf(path: string): string {
  return isInMemory(path) ? 'tmpfs' : 'a disk';
}

function isInMemory(path: string): boolean {
  try {
    return statfsSync(path).type === TMPFS;
  } catch {
    // No such directory, or a system that does not tell.
    return false;
  }
}
