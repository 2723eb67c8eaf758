import type { Problem } from '../../failure/trouble.ts';
import { didYouMean } from '../nearest.ts';
import { walkSequence } from '../path.ts';
import { show } from '../show.ts';
import type { Machine } from '../table.ts';
import { danglingStates } from './graph.ts';

/** Each sequence is made of transitions of the table and can be walked from at least one state. */
export function* checkSequences(machine: Machine): Generator<Problem> {
  const names = new Set(machine.transitions.map((transition) => transition.name));
  // With a state that does not exist nobody can say where a transition leads.
  const isWalkable = danglingStates(machine).next().done === true;
  for (const [at, sequence] of machine.sequences.entries()) {
    const unknown = sequence.steps.flatMap((step, stepAt) =>
      names.has(step.transition)
        ? []
        : [
            {
              path: `sequences[${at}].steps[${stepAt}].transition`,
              want: `a transition of the machine${didYouMean(step.transition, names)}`,
              got: show(step.transition),
            },
          ],
    );
    yield* unknown;
    // With a step that does not exist nobody can say whether the others follow one another.
    if (unknown.length > 0 || !isWalkable) continue;
    if (machine.states.some((state) => walkSequence(machine, sequence, state.name) !== undefined)) continue;
    yield {
      path: `sequences[${at}].steps`,
      want: 'steps that can follow one another from some state',
      got: sequence.steps.map((step) => `${step.transition}${step.optional ? '?' : ''}`).join(' → '),
    };
  }
}
