// A person at a command line without a terminal, in this process: the real commands, clock and connection.

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExitCode } from '../../coordinator/cli/exit.ts';
import { runBaton } from '../../coordinator/cli/main.ts';
import type { Screen, World } from '../../coordinator/cli/world.ts';

export type Said = { readonly code: ExitCode; readonly out: string; readonly err: string };

/** Runs one command line to its end against the coordinator at `address`. */
export async function baton(address: string, line: string): Promise<Said> {
  const [out, err] = [openPage(), openPage()];
  const world: World = {
    out: out.screen,
    err: err.screen,
    environment: { BATON_ADDRESS: address, USER: 'shift' },
    directory: '/nowhere',
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    randomId: () => randomBytes(8).toString('hex'),
    sleep: async (milliseconds, signal) => {
      await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    onInterrupt: () => () => undefined,
  };
  const code = await runBaton(line.split(' '), world);
  return { code, out: out.text(), err: err.text() };
}

function openPage(): { readonly screen: Screen; readonly text: () => string } {
  let text = '';
  const screen: Screen = {
    isTerminal: false,
    columns: () => undefined,
    rows: () => undefined,
    write: (more) => {
      text += more;
    },
    redraw: () => undefined,
    settle: () => undefined,
  };
  return { screen, text: () => text };
}
