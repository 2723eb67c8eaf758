// Ways through the table. Each answer is a list of transitions, so that a plan can name every step.

import {
  destination,
  findState,
  findTransition,
  type Machine,
  type MachineTransition,
  type Sequence,
} from './table.ts';

/**
 * Names of the fewest transitions that lead from one state to another: [] when they are the same, undefined
 * when there is no way. Of two ways of one length the one whose transitions stand first in the table.
 */
export function shortestPath(machine: Machine, from: string, to: string): readonly string[] | undefined {
  return search(machine.transitions, from, (state) => state === to);
}

/**
 * Names of the fewest stop-path transitions from `state` to a state of rest: [] when it is at rest already,
 * undefined when no stop path leads there.
 */
export function stopPath(machine: Machine, state: string): readonly string[] | undefined {
  return search(
    machine.transitions.filter((transition) => transition.stopPath),
    state,
    (reached) => findState(machine, reached)?.rest === true,
  );
}

/** Sum of the timeouts along `stopPath`, in milliseconds; undefined when there is no stop path. */
export function stopPathBudgetMs(machine: Machine, state: string): number | undefined {
  return stopPath(machine, state)?.reduce(
    (sumMs, name) => sumMs + (findTransition(machine, name)?.timeoutMs ?? 0),
    0,
  );
}

/**
 * Names of the transitions that `sequence` takes from `state`, without the optional ones that are not
 * possible where their turn comes; undefined when one that is not optional is impossible.
 */
export function walkSequence(
  machine: Machine,
  sequence: Sequence,
  state: string,
): readonly string[] | undefined {
  const taken: string[] = [];
  let at = state;
  for (const step of sequence.steps) {
    const next = destination(machine, at, step.transition);
    if (next === undefined && !step.optional) return undefined;
    if (next === undefined) continue;
    taken.push(step.transition);
    at = next;
  }
  return taken;
}

/** States that can be reached from `from`, itself included. */
export function reachable(machine: Machine, from: string): ReadonlySet<string> {
  const reached = new Set([from]);
  // A Set is walked in the order of insertion and the walk sees what is added on the way.
  for (const state of reached) {
    for (const { from: starts, to } of machine.transitions) {
      if (to !== undefined && starts.includes(state)) reached.add(to);
    }
  }
  return reached;
}

/** Breadth first. Transitions that stay lead nowhere and are never part of a way. */
function search(
  transitions: readonly MachineTransition[],
  from: string,
  arrived: (state: string) => boolean,
): readonly string[] | undefined {
  const ways = new Map<string, readonly string[]>([[from, []]]);
  for (const [state, way] of ways) {
    if (arrived(state)) return way;
    for (const { name, from: starts, to } of transitions) {
      if (to !== undefined && starts.includes(state) && !ways.has(to)) ways.set(to, [...way, name]);
    }
  }
  return undefined;
}
