// An example under `baton up`, as a reader would start it: its run has begun, and it is stopped in order.

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { startBaton } from '../e2e/child.ts';
import { baton, type Said } from '../e2e/person.ts';

export type Running = AsyncDisposable & {
  /** Runs one command line to its end. */
  readonly baton: (line: string) => Promise<Said>;
  /** `stop_run`, which ends run 1 clean. */
  readonly stopRun: () => Promise<void>;
  /** Ctrl-C: everything ends in order. */
  readonly end: () => Promise<void>;
};

/** Starts the two targets of `document` with `home` as the folder, and run 1. Disposing it ends what is left. */
export async function startRunOf(
  document: string,
  home: { readonly path: string; file(name: string): string },
): Promise<Running> {
  await using begun = new AsyncDisposableStack();
  const up = begun.use(startBaton(home.path, `up -f ${document}`));
  await up.says('example is up: 2 targets attached');
  const address = readFileSync(home.file('.baton/address'), 'utf8').trim();
  await says(address, 'send start_run', 'now: example is running, run 1 goes on\n');
  const held = begun.move();
  return {
    baton: (line) => baton(address, line),
    stopRun: () => says(address, 'send stop_run', 'now: example is idle, run 1 ended clean\n'),
    end: async () => {
      up.interrupt();
      expect(await up.ended).toBe(0);
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** What is said on standard error is shown when it is not as wanted: there is the reason. */
async function says(address: string, line: string, words: string): Promise<void> {
  expect(await baton(address, line)).toEqual({
    code: 0,
    out: expect.stringContaining(words),
    err: expect.any(String),
  });
}
