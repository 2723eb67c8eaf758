import type { Problem } from '../../failure/trouble.ts';
import { stopPath } from '../path.ts';
import { show } from '../show.ts';
import { findState, type Machine, type MachineTransition } from '../table.ts';
import { danglingStates } from './graph.ts';

/**
 * From wherever it is a process can be brought to rest, and each step of that is taken once: a preStop hook
 * that finds no way, or a circle, would leave a run open.
 */
export function* checkStopPaths(machine: Machine): Generator<Problem> {
  yield* marks(machine);
  for (const [at, transition] of machine.transitions.entries()) {
    if (transition.stopPath) yield* step(machine, `transitions[${at}]`, transition);
  }
  if (danglingStates(machine).next().done !== true) return;
  yield* ways(machine);
  yield* circles(machine);
}

function* marks(machine: Machine): Generator<Problem> {
  const initial = findState(machine, machine.initial);
  if (initial !== undefined && !initial.rest) {
    yield { path: 'initial', want: 'a state with rest: true', got: `${show(initial.name)}, which has not` };
  }
  for (const [at, state] of machine.states.entries()) {
    if (state.rest && state.inRun) {
      yield { path: `states[${at}]`, want: 'inRun or rest, not both', got: `${show(state.name)} with both` };
    }
  }
}

function* step(machine: Machine, path: string, transition: MachineTransition): Generator<Problem> {
  if (transition.to === undefined) {
    yield { path: `${path}.to`, want: 'a state, since it is of the stop path', got: 'nothing' };
    return;
  }
  if (findState(machine, transition.to)?.inRun !== true) return;
  for (const [at, from] of transition.from.entries()) {
    const state = findState(machine, from);
    if (state === undefined || state.inRun) continue;
    yield {
      path: `${path}.from[${at}]`,
      want: 'a state of the run, since a stop path never leads into one',
      got: show(from),
    };
  }
}

function* ways(machine: Machine): Generator<Problem> {
  for (const [at, state] of machine.states.entries()) {
    if (stopPath(machine, state.name) !== undefined) continue;
    yield {
      path: `states[${at}]`,
      want: 'rest: true, or transitions with stopPath: true that lead from it to a state of rest',
      got: `${show(state.name)} without either`,
    };
  }
}

/** A stop step runs at most once per run and process (P15), so a circle of them would never be walked. */
function* circles(machine: Machine): Generator<Problem> {
  const edges = machine.transitions.filter((transition) => transition.stopPath);
  const left = new Set(machine.states.map((state) => state.name));
  const leads = (from: string, to: string): boolean =>
    edges.some((edge) => edge.to === to && edge.from.includes(from));
  // Take away states where no stop step begins or none ends, until there is none: circles are what is left.
  for (let taken = true; taken; ) {
    const present = [...left];
    const ends = present.filter(
      (state) =>
        !present.some((other) => leads(state, other)) || !present.some((other) => leads(other, state)),
    );
    for (const state of ends) left.delete(state);
    taken = ends.length > 0;
  }
  for (const [at, transition] of machine.transitions.entries()) {
    if (!transition.stopPath || transition.to === undefined || !left.has(transition.to)) continue;
    if (!transition.from.some((state) => left.has(state))) continue;
    yield { path: `transitions[${at}]`, want: 'a stop path without a circle', got: show(transition.name) };
  }
}
