// A person at a command line without a terminal, in this process: the real commands, clock and connection.

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExitCode } from '../../coordinator/cli/exit.ts';
import { runBaton } from '../../coordinator/cli/main.ts';
import type { Screen, World } from '../../coordinator/cli/world.ts';
import { condition } from '../sidecar/condition.ts';

export type Said = { readonly code: ExitCode; readonly out: string; readonly err: string };

/** A command that runs. */
export type Running = {
  readonly ended: Promise<Said>;
  /** Resolves once standard output or error holds that text. */
  readonly says: (text: string | RegExp) => Promise<void>;
  /** Presses Ctrl-C. */
  readonly interrupt: () => void;
};

type Environment = Readonly<Record<string, string>>;

/** Runs one command line to its end against the coordinator at `address`, with more in the environment. */
export async function baton(address: string, line: string, environment: Environment = {}): Promise<Said> {
  return startBatonHere(address, line, environment).ended;
}

/** Begins to run one command line; `address` may hold several with commas between. */
export function startBatonHere(address: string, line: string, environment: Environment = {}): Running {
  const [out, err] = [openPage(), openPage()];
  const handlers = new Set<() => void>();
  const world: World = {
    out: out.screen,
    err: err.screen,
    environment: { BATON_ADDRESS: address, USER: 'shift', ...environment },
    directory: '/nowhere',
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    randomId: () => randomBytes(8).toString('hex'),
    sleep: async (milliseconds, signal) => {
      await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    onInterrupt: (interrupted) => {
      handlers.add(interrupted);
      return () => handlers.delete(interrupted);
    },
  };
  const ended = runBaton(line.split(' '), world).then((code) => ({ code, out: out.text(), err: err.text() }));
  return {
    ended,
    says: (text) =>
      condition(`baton ${line} says ${text}`, () => {
        const said = `${out.text()}${err.text()}`;
        return typeof text === 'string' ? said.includes(text) : text.test(said);
      }),
    interrupt: () => {
      for (const each of [...handlers]) each();
    },
  };
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
