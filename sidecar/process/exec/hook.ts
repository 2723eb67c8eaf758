// A transition that runs as a command: begun by us, or found running when the sidecar was started.

import { identify, lives } from '../../../protos/procfs.ts';
import type { Clock } from '../../clock.ts';
import type { Token } from '../../rules/model.ts';
import type { Running } from './book.ts';
import { type Command, type Ended, signalGroup } from './command.ts';

/** How often it is looked whether a command of an earlier sidecar still runs, in milliseconds. */
const LOOK_MS = 100;

export type Hook = {
  readonly token: Token;
  /** SIGTERM to the command and all of its group, SIGKILL after the grace; once, however often it is asked. */
  giveUp(): void;
  readonly wasGivenUp: boolean;
};

export type GiveUp = { readonly clock: Clock; readonly graceMs: number };

/** A command of ours; `ended` is called once it and, when it was given up, its whole group have ended. */
export function ownHook(
  { token, command, ...rest }: GiveUp & { readonly token: Token; readonly command: Command },
  ended: (ended: Ended) => void,
): Hook {
  const ending = giveUp(rest, command.signal);
  void command.ended.then((how) => {
    ending.disarm();
    // What it left behind belongs to what was given up.
    if (ending.wasBegun()) command.signal('SIGKILL');
    ended(how);
  });
  return {
    token,
    giveUp: ending.begin,
    get wasGivenUp() {
      return ending.wasBegun();
    },
  };
}

/**
 * A command that an earlier sidecar began: how it ends nobody will tell; `ended` is called once it and, when it
 * was given up, its whole group have ended.
 */
export function foundHook(running: Running, rest: GiveUp, ended: () => void): Hook & Disposable {
  const { clock } = rest;
  const { pid, token } = running;
  const ending = giveUp(rest, (name) => {
    if (lives(running)) signalGroup(pid, name);
  });
  const look = () => {
    if (lives(running)) {
      disarm = clock.after(LOOK_MS, look);
      return;
    }
    ending.disarm();
    // What it left behind belongs to what was given up.
    if (ending.wasBegun()) killLeft(running);
    ended();
  };
  let disarm = clock.after(LOOK_MS, look);
  return {
    token,
    giveUp: ending.begin,
    get wasGivenUp() {
      return ending.wasBegun();
    },
    [Symbol.dispose]: () => {
      disarm();
      ending.disarm();
    },
  };
}

/** A pid that somebody else has by now shows that nobody was left: it is not given anew while its group lives. */
function killLeft({ pid, startTime }: Running): void {
  const found = identify(pid);
  if (found.startTime === '' || found.startTime === startTime) signalGroup(pid, 'SIGKILL');
}

function giveUp({ clock, graceMs }: GiveUp, signal: (name: NodeJS.Signals) => void) {
  let begun = false;
  let disarm = () => {};
  return {
    begin: () => {
      if (begun) return;
      begun = true;
      signal('SIGTERM');
      disarm = clock.after(graceMs, () => signal('SIGKILL'));
    },
    wasBegun: () => begun,
    disarm: () => disarm(),
  };
}
