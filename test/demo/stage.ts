// Where the demonstration is shown: a live table with the last lines below it on a terminal, else plain lines.

import { live } from '../../coordinator/cli/live.ts';
import type { Picture } from '../../coordinator/cli/picture.ts';
import { statusLines } from '../../coordinator/cli/show/status.ts';
import { cut, type View } from '../../coordinator/cli/show/table.ts';
import { print, viewOf, type World } from '../../coordinator/cli/world.ts';

/** Lines that are kept below the live table. */
const LINES_SHOWN = 14;

export type Stage = {
  /** Lines that belong to the story. */
  readonly say: (...lines: readonly string[]) => void;
  readonly show: (picture: Picture) => void;
  /** The table as it is now, where nothing is live. */
  readonly still: (picture: Picture) => void;
  /** Ends the live part: what is said from now on stays below it. */
  readonly settle: () => void;
  readonly view: () => View;
};

/** Opens the stage on standard output. */
export function openStage(world: World): Stage {
  const view = () => viewOf(world.out, world, false);
  return world.out.isTerminal ? liveStage(world, view) : plainStage(world, view);
}

function table(picture: Picture, world: World, view: View): readonly string[] {
  return statusLines(picture, { nowMs: world.nowMs(), wallMs: world.wallMs(), wide: false }, view);
}

function plainStage(world: World, view: () => View): Stage {
  return {
    say: (...lines) => print(world.out, lines),
    show: () => {},
    still: (picture) => print(world.out, ['', ...table(picture, world, view()), '']),
    settle: () => {},
    view,
  };
}

function liveStage(world: World, view: () => View): Stage {
  const said: string[] = [];
  let picture: Picture | undefined;
  let isSettled = false;
  const drawing = live(world.out, () => {
    const shown = view();
    const lines = said.slice(-LINES_SHOWN).map((line) => cut(line, shown.width));
    const height = shown.height === undefined ? {} : { height: shown.height - lines.length - 1 };
    const above = picture === undefined ? [] : [...table(picture, world, { ...shown, ...height }), ''];
    return [...above, ...lines];
  });
  return {
    say: (...lines) => {
      if (isSettled) print(world.out, lines);
      else said.push(...lines);
      drawing.changed();
    },
    show: (present) => {
      picture = present;
      drawing.changed();
    },
    still: () => {},
    settle: () => {
      if (!isSettled) drawing[Symbol.dispose]();
      isSettled = true;
    },
    view,
  };
}
