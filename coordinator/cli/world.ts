// Everything outside of the program that a command touches, so that a test can stand in for it.

import type { Programs } from '../up/setting.ts';
import { painter } from './show/paint.ts';
import type { View } from './show/table.ts';

export type CalledAs = 'baton' | 'kubectl baton';

/** Where lines go: a terminal, a file, a test. */
export type Screen = {
  readonly isTerminal: boolean;
  /** Of a terminal; undefined otherwise. */
  readonly columns: () => number | undefined;
  readonly rows: () => number | undefined;
  readonly write: (text: string) => void;
  /** Replaces what the last call showed; only on a terminal. */
  readonly redraw: (lines: readonly string[]) => void;
  /** Leaves what was redrawn and goes on below. */
  readonly settle: () => void;
};

export type World = {
  /** What a person types to run it; `baton` without. */
  readonly calledAs?: CalledAs;
  /** What `baton up` starts when this is not a checkout; undefined: the sources beside it. */
  readonly programs?: Programs;
  readonly out: Screen;
  readonly err: Screen;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Sixteen random hexadecimal digits. */
  readonly randomId: () => string;
  /** Resolves after that time, or at once when `signal` aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Calls `interrupted` at each Ctrl-C or SIGTERM until the result is called. */
  readonly onInterrupt: (interrupted: () => void) => () => void;
};

/** How to draw on a screen: its size, and colours unless they are unwanted there. */
export function viewOf(screen: Screen, world: World, plain: boolean): View {
  const width = screen.columns();
  const height = screen.rows();
  const colour = screen.isTerminal && !plain && (world.environment['NO_COLOR'] ?? '') === '';
  return {
    paint: painter(colour),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
  };
}

/** Writes lines that stay. */
export function print(screen: Screen, lines: readonly string[]): void {
  if (lines.length > 0) screen.write(`${lines.join('\n')}\n`);
}
