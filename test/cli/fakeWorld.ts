// A terminal, clock and keyboard for the command line, held in memory.

import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { EXIT } from '../../coordinator/cli/exit.ts';
import { runBaton } from '../../coordinator/cli/main.ts';
import type { Screen, World } from '../../coordinator/cli/world.ts';
import { WALL_MS } from './fixtures.ts';

export type FakeScreen = Screen & {
  /** Everything written so far. */
  readonly text: () => string;
  /** The last drawing. */
  readonly drawing: () => string;
  /** Resolves once what was written or drawn holds that text. */
  readonly shows: (text: string) => Promise<void>;
};

export type FakeWorld = World & {
  readonly out: FakeScreen;
  readonly err: FakeScreen;
  /** Presses Ctrl-C. */
  readonly interrupt: () => void;
};

/** A world whose coordinator is at `address`; `terminal` gives both screens 100 columns and 30 rows. */
export function fakeWorld(
  address: string,
  options: { readonly terminal?: boolean; readonly environment?: Record<string, string> } = {},
): FakeWorld {
  const handlers = new Set<() => void>();
  // Time passes only in sleep.
  let clockMs = 1_000.1;
  return {
    out: fakeScreen(options.terminal === true),
    err: fakeScreen(options.terminal === true),
    environment: { BATON_ADDRESS: address, USER: 'shift', ...options.environment },
    directory: '/nowhere',
    nowMs: () => clockMs,
    wallMs: () => WALL_MS,
    randomId: () => '00c0ffee00c0ffee',
    sleep: async (milliseconds, signal) => {
      clockMs += milliseconds;
      await wait(Math.min(milliseconds, 20), undefined, { signal }).catch(() => undefined);
    },
    onInterrupt: (interrupted) => {
      handlers.add(interrupted);
      return () => handlers.delete(interrupted);
    },
    interrupt: () => {
      for (const each of [...handlers]) each();
    },
  };
}

/** Runs one command and gives its exit code and what it wrote. */
export async function run(
  world: FakeWorld,
  line: string,
): Promise<{ code: number; out: string; err: string }> {
  const code = await runBaton(line.split(' '), world);
  return { code, out: world.out.text(), err: world.err.text() };
}

/** The exit codes by name, for readable tables. */
export const exits = EXIT;

function fakeScreen(isTerminal: boolean): FakeScreen {
  let text = '';
  let drawing = '';
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const each of [...waiting]) each();
  };
  return {
    isTerminal,
    columns: () => (isTerminal ? 100 : undefined),
    rows: () => (isTerminal ? 30 : undefined),
    write: (more) => {
      text += more;
      changed();
    },
    redraw: (lines) => {
      drawing = lines.join('\n');
      changed();
    },
    settle: () => {},
    text: () => text,
    drawing: () => drawing,
    shows: async (wanted) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (stripVTControlCharacters(`${text}\n${drawing}`).includes(wanted)) resolve();
      };
      waiting.add(look);
      look();
      await promise;
      waiting.delete(look);
    },
  };
}
