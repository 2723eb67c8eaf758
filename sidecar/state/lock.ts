// One sidecar for one state file: two that remember in it would each take the other's word for their own.

import { readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { type Lock, tryLockFile } from '../../protos/lock.ts';

const holderSchema = z.object({ pid: z.int().positive() });

/**
 * Locks the state file at `path` for this process. Throws RunControlError BUSY that names the process which
 * holds it, STORAGE when it cannot be locked.
 */
export function lockStateFile(path: string): Lock {
  try {
    const real = canonical(path);
    const lock = tryLockFile(`${real}.lock`);
    if (lock === undefined) throw busy(path, readHolder(`${real}.holder`));
    noteHolder(`${real}.holder`);
    return lock;
  } catch (cause) {
    if (cause instanceof RunControlError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RunControlError('STORAGE', `cannot open the state file ${path}, nor lock it: ${why}`, {
      cause,
    });
  }
}

/** Two names of one file must not lead to two locks. */
function canonical(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The file is yet to be made; its directory is not.
    return join(realpathSync(dirname(path)), basename(path));
  }
}

/** Only a hint for whoever is refused: a disk that is full must not keep a sidecar from starting. */
function noteHolder(file: string): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify({ pid: process.pid }));
    renameSync(`${file}.new`, file);
  } catch {
    // Whoever is refused is then told no pid, or an old one.
  }
}

function readHolder(file: string): number | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data?.pid;
  } catch {
    return undefined;
  }
}

function busy(path: string, pid: number | undefined): RunControlError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const sentence = `the state file ${path} is in use by ${who}; end that sidecar, or choose another stateFile`;
  return new RunControlError('BUSY', sentence);
}
