// The real terminal, clock and signals.

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import { calledAs } from './called.ts';
import type { Screen, World } from './world.ts';

/** The world of a program that a person has started. */
export function terminalWorld(): World {
  const interrupts = openInterrupts();
  return {
    calledAs: calledAs(process.argv[1] ?? ''),
    out: screenOf(process.stdout, interrupts.lost),
    err: screenOf(process.stderr, interrupts.lost),
    environment: process.env,
    directory: process.cwd(),
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    randomId: () => randomBytes(8).toString('hex'),
    sleep: async (milliseconds, signal) => {
      // An aborted sleep is just a short one.
      await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    onInterrupt: interrupts.on,
  };
}

type Interrupts = {
  readonly on: (interrupted: () => void) => () => void;
  /** Nobody reads what we write any more. */
  readonly lost: () => void;
};

/**
 * Ctrl-C and SIGTERM count each time. A terminal that goes away tells it in several ways at once (SIGHUP,
 * perhaps twice, and errors on both streams): all together they are one interrupt, and none after another.
 */
function openInterrupts(): Interrupts {
  const handlers = new Set<() => void>();
  let isFirst = true;
  const interrupt = () => {
    isFirst = false;
    for (const each of handlers) each();
  };
  const lost = () => {
    if (isFirst) interrupt();
  };
  return {
    on: (interrupted) => {
      if (handlers.size === 0) process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', lost);
      handlers.add(interrupted);
      return () => {
        handlers.delete(interrupted);
        // Without a handler a signal ends the program as it ends every program.
        if (handlers.size === 0)
          process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', lost);
      };
    },
    lost,
  };
}

function screenOf(stream: NodeJS.WriteStream, lost: () => void): Screen {
  let drawing: ReturnType<typeof createLogUpdate> | undefined;
  // Whoever reads us may go, as in `baton watch | head -3`; what is begun is still brought to its end.
  stream.on('error', lost);
  return {
    isTerminal: stream.isTTY === true,
    columns: () => (stream.isTTY ? stream.columns : undefined),
    rows: () => (stream.isTTY ? stream.rows : undefined),
    write: (text) => {
      stream.write(text);
    },
    redraw: (lines) => {
      drawing ??= createLogUpdate(stream);
      if (lines.length === 0) drawing.clear();
      else drawing(lines.join('\n'));
    },
    settle: () => {
      drawing?.done();
      drawing = undefined;
    },
  };
}
