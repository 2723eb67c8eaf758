// The program itself: the real terminal, clock and signals.

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import { runBaton } from './main.ts';
import type { Screen, World } from './world.ts';

function screenOf(stream: NodeJS.WriteStream): Screen {
  let drawing: ReturnType<typeof createLogUpdate> | undefined;
  // Whoever reads us may have gone, as in `baton runs | head -3`; there is nobody left to tell.
  stream.on('error', () => process.exit(0));
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

const world: World = {
  out: screenOf(process.stdout),
  err: screenOf(process.stderr),
  environment: process.env,
  directory: process.cwd(),
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  randomId: () => randomBytes(8).toString('hex'),
  sleep: async (milliseconds, signal) => {
    // An aborted sleep is just a short one.
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  },
  onInterrupt: (interrupted) => {
    process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
    return () => {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    };
  },
};

process.exit(await runBaton(process.argv.slice(2), world));
