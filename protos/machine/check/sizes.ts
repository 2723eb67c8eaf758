import type { Problem } from '../../failure/trouble.ts';
import {
  ARGUMENTS_MAX,
  DESCRIPTION_LENGTH_MAX,
  GROUPS_MAX,
  ONE_OF_MAX,
  SEGMENTS_MAX,
  SEQUENCES_MAX,
  STATES_MAX,
  STEPS_MAX,
  TABLE_LENGTH_MAX,
  TRANSITIONS_MAX,
  UNIT_LENGTH_MAX,
} from '../limits.ts';
import type { Machine, MachineTransition } from '../table.ts';

/** Nothing is larger than machine.proto says, and nothing that must not be empty is. */
export function* checkSizes(machine: Machine): Generator<Problem> {
  const written = JSON.stringify(machine).length;
  if (written > TABLE_LENGTH_MAX) {
    const want = `a table of at most ${TABLE_LENGTH_MAX} characters as JSON`;
    yield { path: 'transitions', want, got: String(written) };
  }
  yield* count('states', machine.states, 1, STATES_MAX);
  yield* count('transitions', machine.transitions, 0, TRANSITIONS_MAX);
  yield* count('sequences', machine.sequences, 0, SEQUENCES_MAX);
  for (const [at, state] of machine.states.entries()) yield* description(`states[${at}]`, state.description);
  for (const [at, transition] of machine.transitions.entries()) {
    yield* transitionSizes(`transitions[${at}]`, transition);
  }
  for (const [at, sequence] of machine.sequences.entries()) {
    yield* count(`sequences[${at}].steps`, sequence.steps, 1, STEPS_MAX);
    yield* description(`sequences[${at}]`, sequence.description);
  }
}

function* transitionSizes(path: string, transition: MachineTransition): Generator<Problem> {
  yield* count(`${path}.from`, transition.from, 1, STATES_MAX);
  yield* count(`${path}.arguments`, transition.arguments, 0, ARGUMENTS_MAX);
  yield* count(`${path}.order`, transition.order, 0, GROUPS_MAX);
  yield* description(path, transition.description);
  for (const [at, group] of transition.order.entries()) {
    yield* count(`${path}.order[${at}]`, group, 1, SEGMENTS_MAX);
  }
  for (const [at, argument] of transition.arguments.entries()) {
    const argumentPath = `${path}.arguments[${at}]`;
    yield* count(`${argumentPath}.oneOf`, argument.oneOf, 0, ONE_OF_MAX);
    yield* length(`${argumentPath}.unit`, argument.unit, UNIT_LENGTH_MAX);
    yield* description(argumentPath, argument.description);
  }
}

function* count(path: string, items: readonly unknown[], min: number, max: number): Generator<Problem> {
  if (items.length >= min && items.length <= max) return;
  yield { path, want: `${min} to ${max} entries`, got: String(items.length) };
}

function* description(path: string, text: string): Generator<Problem> {
  yield* length(`${path}.description`, text, DESCRIPTION_LENGTH_MAX);
}

function* length(path: string, text: string, max: number): Generator<Problem> {
  if (text.length > max) yield { path, want: `at most ${max} characters`, got: String(text.length) };
}
