import type { Problem } from '../../failure/trouble.ts';
import { NAME_LENGTH_MAX, NAME_PATTERN, RESERVED_NAMES } from '../limits.ts';
import { show } from '../show.ts';
import type { Machine } from '../table.ts';

/** One name, one thing, in a form that survives the command line, a log query and a file name. */
export function* checkNames(machine: Machine): Generator<Problem> {
  const transitions = machine.transitions.map((transition) => transition.name);
  yield* form('name', machine.name);
  yield* named(
    'states',
    machine.states.map((state) => state.name),
  );
  yield* named('transitions', transitions);
  for (const [at, transition] of machine.transitions.entries()) {
    const names = transition.arguments.map((argument) => argument.name);
    yield* named(`transitions[${at}].arguments`, names);
  }
  const sequences = machine.sequences.map((sequence) => sequence.name);
  yield* named('sequences', sequences);
  for (const [at, name] of sequences.entries()) {
    if (!transitions.includes(name)) continue;
    yield { path: `sequences[${at}].name`, want: 'another name than any transition has', got: show(name) };
  }
}

function* named(path: string, names: readonly string[]): Generator<Problem> {
  const seen = new Set<string>();
  for (const [at, name] of names.entries()) {
    yield* form(`${path}[${at}].name`, name);
    if (seen.has(name)) {
      yield { path: `${path}[${at}].name`, want: 'a name that is used once', got: `${show(name)} again` };
    }
    seen.add(name);
  }
}

function* form(path: string, name: string): Generator<Problem> {
  if (name.length > NAME_LENGTH_MAX) {
    yield { path, want: `at most ${NAME_LENGTH_MAX} characters`, got: String(name.length) };
  }
  if (!new RegExp(NAME_PATTERN).test(name)) {
    yield { path, want: 'small letters, digits and _, a letter first', got: show(name) };
  }
  if (RESERVED_NAMES.includes(name)) {
    yield {
      path,
      want: `another name than Baton's own words (${RESERVED_NAMES.join(', ')})`,
      got: show(name),
    };
  }
}
