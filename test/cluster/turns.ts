// What must not happen twice at a time on a machine, whoever starts it.

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { tryLockFile } from '../../protos/lock.ts';
import { STATE } from './places.ts';
import type { Progress } from './progress.ts';

/** How often a turn is asked for, in milliseconds. */
const ASK_MS = 200;

/** Acts alone: waits until others that change the cluster, or make images, have ended, as long as that takes. */
export async function inTurn<T>(
  what: 'cluster' | 'images',
  tell: Progress,
  act: () => Promise<T>,
): Promise<T> {
  const folder = dirname(STATE);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${what}.lock`);
  let held = tryLockFile(file);
  if (held === undefined) tell(`another program changes the ${what}; waiting for its end`);
  while (held === undefined) {
    await wait(ASK_MS);
    held = tryLockFile(file);
  }
  using _ = held;
  return await act();
}
