// Which processes were started, in a file: `baton up` may die by kill -9, its children must not live on.

import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { bootId, type Identity, lives } from '../../protos/procfs.ts';
import { readJsonIfThere, replaceFile } from './files.ts';

/** How long a leftover may take to end by itself, in milliseconds, and how often it is looked at. */
const LEFTOVER_GRACE_MS = 5_000;
const LOOK_MS = 50;

const schema = z.object({
  bootId: z.string(),
  started: z.array(z.object({ pid: z.int().positive(), startTime: z.string(), name: z.string() })),
});

export type Started = Identity & { readonly name: string };

export type Ledger = {
  /** To be called before anything else is done with the process. */
  readonly began: (started: Started) => void;
  readonly ended: (identity: Identity) => void;
};

/**
 * Keeps the list of living children in the file at `path`. Throws the file system's error when it cannot be
 * begun; one that cannot be written later is told once, and tried again at the next change.
 */
export function openLedger(path: string, tell: (words: string) => void): Ledger {
  const boot = bootId();
  const living = new Map<number, Started>();
  const write = () => replaceFile(path, JSON.stringify({ bootId: boot, started: [...living.values()] }));
  let isBehind = false;
  const change = (): void => {
    try {
      write();
      isBehind = false;
    } catch (error) {
      // The list is for the worst case only: a full disk must not make it come about.
      if (!isBehind) tell(behindWords(path, error));
      isBehind = true;
    }
  };
  write();
  return {
    began: (started) => {
      living.set(started.pid, started);
      change();
    },
    ended: ({ pid }) => {
      living.delete(pid);
      change();
    },
  };
}

function behindWords(path: string, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `${path} cannot be written (${why}): until it can, a kill -9 of baton up may leave processes behind`;
}

/**
 * Ends what an earlier `baton up` left behind, by exact match of pid, start time and boot: SIGTERM, then
 * SIGKILL. Gives the names of what was still alive.
 */
export async function endLeftovers(path: string): Promise<readonly string[]> {
  const read = schema.safeParse(readJsonIfThere(path)).data;
  if (read === undefined || read.bootId !== bootId()) return [];
  const left = read.started.filter(lives);
  for (const each of left) signalGroup(each, 'SIGTERM');
  const deadlineMs = performance.now() + LEFTOVER_GRACE_MS;
  while (left.some(lives) && performance.now() < deadlineMs) await wait(LOOK_MS);
  for (const each of left) signalGroup(each, 'SIGKILL');
  while (left.some(lives) && performance.now() < deadlineMs + LEFTOVER_GRACE_MS) await wait(LOOK_MS);
  return left.map((each) => each.name);
}

function signalGroup(identity: Identity, signal: NodeJS.Signals): void {
  if (!lives(identity)) return;
  try {
    // Each child was made leader of its own group: what it started goes with it.
    process.kill(-identity.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
