// The sidecar as the entry point of an image: it is the parent of the process, and their lives are one.

import { setImmediate as turn } from 'node:timers/promises';
import { exitCodeOf, exitWords } from '../protos/exit.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { OwnChild } from './process/adapter.ts';

/** Those that ask for the end, and those that are only passed on. */
const ENDING = ['SIGTERM', 'SIGINT'] as const;
const PASSING = ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** Kept of the grace, in milliseconds, to tell how the process ended before the sidecar itself is killed. */
const FAREWELL_MS = 500;

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

/** Passes on from now on what asks for no end. A process that is not there yet misses it. */
export function passSignals(pass: (signal: NodeJS.Signals) => void): void {
  for (const signal of PASSING) process.on(signal, pass);
}

export type EndTogetherOptions = {
  /** The signal that asks for the end. */
  readonly told: Promise<NodeJS.Signals>;
  /** What is left of the grace period now, in milliseconds. */
  readonly graceMs: () => number;
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
    const killedInMs = Math.max(0, graceMs() - FAREWELL_MS);
    log.info({ signal, killedInMs }, 'sidecar stops with its process');
    child.signal(signal);
    disarm = clock.after(killedInMs, () => child.signal('SIGKILL'));
  });
  const exit = await child.ended;
  disarm();
  const code = exitCodeOf(exit);
  log.info({ exit: exitWords(exit), code }, 'process ended; its sidecar ends with it');
  // What the coordinator is told of it goes out at the end of this turn, before the streams are closed.
  await turn();
  return code;
}
