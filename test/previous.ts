// The release before this one, as its users still have it: its sources, from the history of this checkout.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The one place that says which it is: to be changed with each release. */
export const PREVIOUS = { version: '0.1.0', commit: '67f08fe84c539a6ec70d1762d87f1e15447806b8' } as const;

const ROOT = resolve(import.meta.dirname, '..');

/** How long git may take for one thing, in milliseconds. */
const GIT_MS_MAX = 60_000;

/** Larger than all its sources, in bytes. */
const ARCHIVE_BYTES_MAX = 256 * 1024 * 1024;

export type PreviousTree = Disposable & {
  /** Its root. What it imports from packages is what this checkout has installed. */
  readonly folder: string;
};

/**
 * Unpacks the previous release into a folder that goes when it is disposed of. Throws in words when git cannot give it,
 * as in a clone that is shallow.
 */
export function unpackPrevious(): PreviousTree {
  const archive = archiveOf(PREVIOUS.commit);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-previous-')));
  execFileSync('tar', ['--extract', '--directory', folder], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A clone may be shallow: then the one commit is asked for where it came from. */
function archiveOf(commit: string): Buffer {
  const git = (...words: readonly string[]) =>
    execFileSync('git', words, {
      cwd: ROOT,
      maxBuffer: ARCHIVE_BYTES_MAX,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: GIT_MS_MAX,
    });
  const archive = () => git('archive', '--format=tar', commit);
  try {
    return archive();
  } catch (cause) {
    try {
      git('fetch', '--quiet', '--depth=1', 'origin', commit);
      return archive();
    } catch {
      // The first trouble is the one to tell.
    }
    const todo = 'this clone is shallow, or no clone: git fetch --unshallow, then ask again';
    throw new Error(`release ${PREVIOUS.version} is not in the history (commit ${commit}); ${todo}`, {
      cause,
    });
  }
}
