// One `baton up` per directory.

import { mkdirSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { tryLock } from '../lease/lock.ts';
import { readJsonIfThere, replaceFile } from './files.ts';
import type { Paths } from './paths.ts';

const schema = z.object({ pid: z.number() });

/**
 * Claims the directory for this process until it is disposed of or this process ends; makes it when there is
 * none. Throws RunControlError BUSY that names who holds it.
 */
export function claim(paths: Paths): Disposable {
  mkdirSync(paths.directory, { recursive: true });
  const lock = tryLock(paths.lock);
  if (lock === undefined) {
    const pid = schema.safeParse(readJsonIfThere(paths.holder)).data?.pid ?? 'unknown';
    const sentence = `baton up runs already on ${paths.directory}, as process ${pid}; stop it, or choose another --directory`;
    throw new RunControlError('BUSY', sentence);
  }
  replaceFile(paths.holder, JSON.stringify({ pid: process.pid }));
  return {
    [Symbol.dispose]: () => {
      rmSync(paths.holder, { force: true });
      lock[Symbol.dispose]();
    },
  };
}
