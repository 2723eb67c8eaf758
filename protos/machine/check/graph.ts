import type { Problem } from '../../failure/trouble.ts';
import { didYouMean } from '../nearest.ts';
import { reachable } from '../path.ts';
import { show } from '../show.ts';
import type { Machine } from '../table.ts';

/** Every name of a state means one, and every state can be reached. */
export function* checkGraph(machine: Machine): Generator<Problem> {
  const dangling = [...danglingStates(machine)];
  yield* dangling;
  // A misspelt destination leaves the state that was meant unreachable: that would be the same fault twice.
  if (dangling.length > 0) return;
  const reached = reachable(machine, machine.initial);
  for (const [at, state] of machine.states.entries()) {
    if (reached.has(state.name)) continue;
    yield {
      path: `states[${at}]`,
      want: `a state that transitions lead to from ${show(machine.initial)}`,
      got: `${show(state.name)}, which nothing leads to`,
    };
  }
}

/** Places where the table names a state that it does not have. */
export function* danglingStates(machine: Machine): Generator<Problem> {
  const names = new Set(machine.states.map((state) => state.name));
  const unknown = function* (path: string, name: string): Generator<Problem> {
    if (!names.has(name)) {
      yield { path, want: `a state of the machine${didYouMean(name, names)}`, got: show(name) };
    }
  };
  yield* unknown('initial', machine.initial);
  for (const [at, transition] of machine.transitions.entries()) {
    for (const [fromAt, from] of transition.from.entries()) {
      yield* unknown(`transitions[${at}].from[${fromAt}]`, from);
    }
    if (transition.to !== undefined) yield* unknown(`transitions[${at}].to`, transition.to);
  }
}
