// What must not happen twice at a time on a machine, whoever starts it.

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { tryLockFile } from '../../protos/lock.ts';
import { STATE } from './places.ts';
import type { Progress } from './progress.ts';

/** How often a turn is asked for, in milliseconds. */
const ASK_MS = 200;

/** Acts alone: waits until others that are at work on the same have ended, as long as that takes. */
export async function inTurn<T>(
  what: 'cluster' | 'images' | 'programs',
  tell: Progress,
  act: () => Promise<T>,
): Promise<T> {
  const folder = dirname(STATE);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${what}.lock`);
  let held = tryLockFile(file);
  if (held === undefined) tell(`somebody else is at work on the ${what}; waiting for the end of it`);
  while (held === undefined) {
    await wait(ASK_MS);
    held = tryLockFile(file);
  }
  using _ = held;
  return await act();
}
