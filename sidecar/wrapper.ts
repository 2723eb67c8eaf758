// The sidecar as the entry point of an image: it is the parent of the process, and their lives are one.

import { setImmediate as turn } from 'node:timers/promises';
import { exitCodeOf, exitWords } from '../protos/exit.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { OwnChild } from './process/adapter.ts';

/** Those that ask for the end, and those that are only passed on. */
const ENDING = ['SIGTERM', 'SIGINT'] as const;
const PASSING = ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

export type Signals = {
  /** The first signal that asks for the end. */
  readonly first: Promise<NodeJS.Signals>;
  /** Resolves with the second one: whoever sends it will not wait. */
  readonly second: Promise<NodeJS.Signals>;
};

/** Hears signals that ask for the end from now on: none of them ends this program by itself any more. */
export function hearSignals(): Signals {
  const first = Promise.withResolvers<NodeJS.Signals>();
  const second = Promise.withResolvers<NodeJS.Signals>();
  let heard = 0;
  for (const signal of ENDING) {
    process.on(signal, () => {
      heard += 1;
      if (heard === 1) first.resolve(signal);
      else second.resolve(signal);
    });
  }
  return { first: first.promise, second: second.promise };
}

export type EndTogetherOptions = {
  /** The signal that asks for the end. */
  readonly told: Promise<NodeJS.Signals>;
  /** How long the process may take to end once it was told to, in milliseconds; then it is killed. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Passes signals on to the process until it has ended, and gives the code with which to exit. The stop path is
 * not walked here: the preStop hook did that.
 */
export async function endTogether(
  child: OwnChild,
  { told, graceMs, clock, log }: EndTogetherOptions,
): Promise<number> {
  let disarm = () => {};
  void told.then((signal) => {
    log.info({ signal, graceMs }, 'sidecar stops with its process');
    child.signal(signal);
    disarm = clock.after(graceMs, () => child.signal('SIGKILL'));
  });
  for (const signal of PASSING) process.on(signal, child.signal);
  const exit = await child.ended;
  disarm();
  for (const signal of PASSING) process.off(signal, child.signal);
  const code = exitCodeOf(exit);
  log.info({ exit: exitWords(exit), code }, 'process ended; its sidecar ends with it');
  // What the coordinator is told of it goes out at the end of this turn, before the streams are closed.
  await turn();
  return code;
}
