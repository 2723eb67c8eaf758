// Which transitions each target takes.

import { shortestPath, stopPath } from '../../../protos/machine/path.ts';
import {
  destination,
  findTransition,
  isInRun,
  isRest,
  type Machine,
  type Sequence,
} from '../../../protos/machine/table.ts';

/** True for a sequence that only leads towards rest: it may be planned per target, from mixed and from error. */
export function isStopSequence(machine: Machine, sequence: Sequence): boolean {
  const found = sequence.steps.map((step) => findTransition(machine, step.transition));
  const towardsRest = found.every(
    (t) => t !== undefined && (t.stopPath || staysAtRest(machine, t.from, t.to)),
  );
  return towardsRest && found.some((t) => t?.stopPath === true);
}

/**
 * What a target in `state` takes of a sequence of the stop path: who has passed a step does not take it
 * again, and who is in error takes nothing but the stop path. Undefined when it does not come to rest.
 */
export function stopRoute(
  machine: Machine,
  sequence: Sequence,
  state: string,
  inError: boolean,
): readonly string[] | undefined {
  const taken: string[] = [];
  let at = state;
  for (const { transition } of sequence.steps) {
    const to = destination(machine, at, transition);
    const possible = !inError || findTransition(machine, transition)?.stopPath === true;
    if (to === undefined || !possible) continue;
    taken.push(transition);
    at = to;
  }
  return isRest(machine, at) ? taken : undefined;
}

/**
 * What a target in `state` takes of one transition of the stop path: nothing when its way to rest no longer
 * passes there. Undefined when something else must come first.
 */
export function stopTransitionRoute(
  machine: Machine,
  transition: string,
  state: string,
): readonly string[] | undefined {
  if (destination(machine, state, transition) !== undefined) return [transition];
  return stopPath(machine, state)?.includes(transition) === true ? undefined : [];
}

/**
 * The way to a state; undefined when there is none. A target in error can only take the stop path, and is
 * nowhere yet, not even in the state it came from.
 */
export function wayTo(
  machine: Machine,
  from: string,
  to: string,
  inError: boolean,
): readonly string[] | undefined {
  const way = shortestPath(machine, from, to);
  if (way === undefined || !inError) return way;
  const onStopPath = way.every((name) => findTransition(machine, name)?.stopPath === true);
  return way.length > 0 && onStopPath ? way : undefined;
}

/** True when `transition` from `state` leads into a run, which spends a run number. */
export function startsRun(machine: Machine, state: string, transition: string): boolean {
  const to = destination(machine, state, transition);
  return to !== undefined && !isInRun(machine, state) && isInRun(machine, to);
}

/** True when `transition` from `state` leads out of a run. */
export function endsRun(machine: Machine, state: string, transition: string): boolean {
  const to = destination(machine, state, transition);
  return to !== undefined && isInRun(machine, state) && !isInRun(machine, to);
}

function staysAtRest(machine: Machine, from: readonly string[], to: string | undefined): boolean {
  return from.every((state) => isRest(machine, state)) && (to === undefined || isRest(machine, to));
}
