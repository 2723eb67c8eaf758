// Starting a program. What goes wrong Node tells in three ways: by an event, on the spot (e.g. a working directory
// that is a file, or too many words), or by a child without pipes, when no descriptor is left for them.

import type { ChildProcess } from 'node:child_process';
import type { Exit } from './exit.ts';

export type NotStarted = Extract<Exit, { kind: 'notStarted' }>;

export type Begun<Child extends ChildProcess> =
  | { readonly child: Child }
  /** There is not even a child to ask; resolves with why, never rejects. */
  | { readonly child: undefined; readonly why: Promise<NotStarted> };

/** The child that `spawn` gives. Never throws; one that has pipes may still tell by `error` that it did not start. */
export function begin<Child extends ChildProcess>(spawn: () => Child): Begun<Child> {
  const { promise: why, resolve } = Promise.withResolvers<NotStarted>();
  const fail = (error: unknown) => {
    resolve({ kind: 'notStarted', cause: error instanceof Error ? error.message : String(error) });
  };
  try {
    const child = spawn();
    if (child.stdio !== undefined) return { child };
    child.on('error', fail);
  } catch (error) {
    fail(error);
  }
  return { child: undefined, why };
}
