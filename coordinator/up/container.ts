// A program that is kept running, as a kubelet keeps a container: started again when it ends.

import { relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Exit, exitWords } from '../../protos/exit.ts';
import { STEADY_MS } from './backoff.ts';
import { type Child, type Logs, type Program, type Registry, startChild } from './child.ts';

/** What differs from one life of a container to the next. */
export type Lives = {
  /** Laid over the program's environment in that life; the first is 1. */
  readonly environment: (life: number) => Program['environment'];
  /** Wait before the next life after so many quick ends in a row, in milliseconds. */
  readonly restartDelayMs: (quickEnds: number) => number;
};

export type ContainerOptions = Logs & {
  /** For people: `readout-1`, `readout-1's sidecar`. */
  readonly name: string;
  readonly program: Program;
  readonly lives: Lives;
  readonly registry: Registry;
  /** Tells people what happens. */
  readonly tell: (words: string) => void;
  /** Called after each start. */
  readonly began?: () => void;
  /** Called when a life has ended that nobody asked to end. */
  readonly died?: (exit: Exit) => void;
  /** Whether another life begins after one has ended so; without it always. */
  readonly again?: (exit: Exit) => boolean;
};

export type Container = {
  /** Of the life that runs now; 0 when none does. */
  readonly pid: () => number;
  /** Ends the present life: SIGTERM, then SIGKILL after `graceMs`. The next one begins unless it was closed. */
  readonly end: (graceMs: number) => Promise<Exit | undefined>;
  /** From now on no further life begins. */
  readonly close: () => void;
  /** SIGKILL at once, and no further life. */
  readonly kill: () => void;
  /** Resolves once it was closed and its last life has ended. */
  readonly done: Promise<void>;
};

/** Starts a program and keeps it running until it is closed. */
export function keepRunning(options: ContainerOptions): Container {
  const closing = new AbortController();
  const { program, lives, registry } = options;
  let child: Child | undefined;
  let life = 0;
  const live = async () => {
    life += 1;
    const environment = { ...program.environment, ...lives.environment(life) };
    child = startChild({ ...program, environment }, options, registry);
    options.began?.();
    const exit = await child.ended;
    child = undefined;
    return exit;
  };
  const done = liveOn({ live, options, signal: closing.signal });
  return {
    pid: () => child?.identity.pid ?? 0,
    end: async (graceMs) => (child === undefined ? undefined : endChild(child, graceMs)),
    close: () => closing.abort(),
    kill: () => {
      closing.abort();
      child?.signal('SIGKILL');
    },
    done,
  };
}

type Living = {
  readonly live: () => Promise<Exit>;
  readonly options: ContainerOptions;
  readonly signal: AbortSignal;
};

async function liveOn({ live, options, signal }: Living): Promise<void> {
  let quickEnds = 0;
  while (!signal.aborted) {
    const begunMs = performance.now();
    const exit = await live();
    if (signal.aborted || options.again?.(exit) === false) return;
    quickEnds = performance.now() - begunMs > STEADY_MS ? 1 : quickEnds + 1;
    const delayMs = options.lives.restartDelayMs(quickEnds);
    const again = delayMs === 0 ? 'is started again' : `is started again in ${delayMs / 1_000} s`;
    const log = relative(process.cwd(), (options.errors ?? options.log).path);
    options.tell(`${options.name} ${exitWords(exit)}; it ${again} (${log})`);
    options.died?.(exit);
    // Cut short by close(): then there is nothing left to start.
    await wait(delayMs, undefined, { signal }).catch(() => undefined);
  }
}

async function endChild(child: Child, graceMs: number): Promise<Exit> {
  child.signal('SIGTERM');
  const late = setTimeout(() => child.signal('SIGKILL'), graceMs);
  try {
    return await child.ended;
  } finally {
    clearTimeout(late);
  }
}
