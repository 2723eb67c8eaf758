// Where a process ends at a failpoint. Nothing is armed unless the program that starts says so.

import { writeSync } from 'node:fs';
import {
  type Arming,
  type Component,
  FAILPOINT_VARIABLE,
  FAILPOINTS,
  type Failpoint,
  parseArming,
} from './failpoints.ts';
import { RunControlError } from './trouble.ts';

const STANDARD_ERROR = 2;

/** One per process, like the environment that arms it: to hand it through every layer would help nobody. */
let armed: { readonly arming: Arming; timesLeft: number } | undefined;

/**
 * Arms the point that the environment names, if it is one of this component; gives it, for a warning in the
 * log. Throws RunControlError MALFORMED when the variable holds something else than a point.
 */
export function armFailpoint(
  component: Component,
  environment: Readonly<Record<string, string | undefined>>,
): Arming | undefined {
  armed = undefined;
  const text = environment[FAILPOINT_VARIABLE];
  if (text === undefined || text === '') return undefined;
  const arming = parseArming(text);
  if ('path' in arming) {
    throw new RunControlError('MALFORMED', 'no failpoint can be armed', { problems: [arming] });
  }
  // `baton up` hands its environment to all its children: a point of the other component is not for us.
  if (FAILPOINTS[arming.point].component !== component) return undefined;
  armed = { arming, timesLeft: arming.time };
  return arming;
}

/**
 * Ends this process by SIGKILL, on the spot, when `point` is armed, `during` is what it waits for, and its
 * time has come. Otherwise, and so always in production, it does nothing.
 */
export function reach(point: Failpoint, during?: string): void {
  if (armed === undefined || armed.arming.point !== point) return;
  if (armed.arming.during !== undefined && armed.arming.during !== during) return;
  armed.timesLeft -= 1;
  if (armed.timesLeft === 0) strike(point);
}

function strike(point: Failpoint): void {
  try {
    // Not by a logger, which may gather its lines; a test must see that it was here that the process ended.
    writeSync(STANDARD_ERROR, `${STRUCK} ${point}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}

/** What a process says before it ends at a failpoint. */
export const STRUCK = 'ends itself at failpoint';
