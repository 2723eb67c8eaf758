import type { Screen } from './world.ts';

/** Redraws at most this often, and at least once a second so that ages go on, in milliseconds. */
const REDRAW_MS_MIN = 80;
const REDRAW_MS_MAX = 1_000;

/** A drawing that replaces itself on a terminal. */
export type Live = Disposable & {
  /** Something has changed: draws soon. */
  readonly changed: () => void;
};

/** Draws `draw()` on a terminal, again after each change and each second, until it is disposed. */
export function live(screen: Screen, draw: () => readonly string[]): Live {
  let soon: NodeJS.Timeout | undefined;
  const redraw = () => {
    soon = undefined;
    screen.redraw(draw());
  };
  const ticking = setInterval(redraw, REDRAW_MS_MAX);
  return {
    changed: () => {
      soon ??= setTimeout(redraw, REDRAW_MS_MIN);
    },
    [Symbol.dispose]: () => {
      clearInterval(ticking);
      clearTimeout(soon);
      redraw();
      screen.settle();
    },
  };
}
