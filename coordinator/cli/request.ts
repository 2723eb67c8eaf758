// From words on the command line to a Command, checked against the machine before anything is sent.

import { type Problem, RunControlError } from '../../protos/failure/trouble.ts';
import type { Command } from '../../protos/generated/baton/v1/Command.ts';
import { parseArgumentText } from '../../protos/machine/arguments.ts';
import { didYouMean } from '../../protos/machine/nearest.ts';
import { list, show } from '../../protos/machine/show.ts';
import { type Argument, type Arguments, findTransition, type Machine } from '../../protos/machine/table.ts';
import { wanted } from '../../protos/machine/value.ts';

/** The command that `send NAME [name=value…]` asks for. Throws RunControlError MALFORMED with all problems. */
export function sendCommand(machine: Machine, name: string, pairs: readonly string[]): Command {
  const sequence = machine.sequences.find((each) => each.name === name);
  if (sequence !== undefined) {
    const names = sequence.steps.map((step) => step.transition);
    const needed = sequence.steps.filter((step) => !step.optional).map((step) => step.transition);
    return { sequence: name, argumentsJson: argumentsJson(machine, { title: name, names, needed, pairs }) };
  }
  if (findTransition(machine, name) !== undefined) {
    const names = [name];
    return {
      transition: name,
      argumentsJson: argumentsJson(machine, { title: name, names, needed: names, pairs }),
    };
  }
  throw unknownName(machine, name);
}

/** Where to go, with which arguments, and who goes; nobody named: all. */
export type Way = {
  readonly state: string;
  readonly pairs: readonly string[];
  /** By name or segment. */
  readonly targets: readonly string[];
};

/** The command that `goto STATE [name=value…]` asks for. Throws RunControlError MALFORMED with all problems. */
export function goToCommand(machine: Machine, { state, pairs, targets }: Way): Command {
  const states = machine.states.map((each) => each.name);
  if (!states.includes(state)) {
    const sentence = `${machine.name} has no state ${show(state)}${didYouMean(state, states)}; it has ${list(states)}`;
    throw new RunControlError('MALFORMED', sentence);
  }
  // Which transitions lie on the way is the coordinator's to say.
  const names = machine.transitions.map((each) => each.name);
  return {
    goTo: state,
    argumentsJson: argumentsJson(machine, { title: machine.name, names, needed: [], pairs }),
    ...(targets.length === 0 ? {} : { toTargets: { targets: [...targets] } }),
  };
}

type Asked = {
  /** What takes the arguments, for people. */
  readonly title: string;
  readonly names: readonly string[];
  /** Transitions that will be taken for certain. */
  readonly needed: readonly string[];
  readonly pairs: readonly string[];
};

function argumentsJson(machine: Machine, asked: Asked): string {
  const taken = asked.names.flatMap((name) => findTransition(machine, name)?.arguments ?? []);
  const problems: Problem[] = [];
  const values: Record<string, Arguments[string]> = {};
  const given = new Set<string>();
  for (const pair of asked.pairs) {
    const at = pair.indexOf('=');
    const name = at === -1 ? pair : pair.slice(0, at);
    const problem = at < 1 ? noPair(pair) : (duplicate(name, given) ?? misplaced(name, taken, asked.title));
    given.add(name);
    if (problem !== undefined) problems.push(problem);
    else Object.assign(values, readValue(name, pair.slice(at + 1), taken, problems));
  }
  problems.push(...missing(machine, asked.needed, given));
  if (problems.length === 0) return JSON.stringify(values);
  throw new RunControlError('MALFORMED', `${asked.title} does not take these arguments`, { problems });
}

/** Two transitions of a sequence may take arguments of one name: the value must fit them all. */
function readValue(
  name: string,
  text: string,
  taken: readonly Argument[],
  problems: Problem[],
): Record<string, Arguments[string]> {
  const parsed = taken.filter((each) => each.name === name).map((each) => parseArgumentText(each, text));
  problems.push(...parsed.flatMap((each) => ('problem' in each ? [each.problem] : [])).slice(0, 1));
  return Object.fromEntries(parsed.flatMap((each) => ('value' in each ? [[name, each.value]] : [])));
}

function* missing(
  machine: Machine,
  needed: readonly string[],
  given: ReadonlySet<string>,
): Generator<Problem> {
  for (const argument of needed.flatMap((name) => findTransition(machine, name)?.arguments ?? [])) {
    if (!argument.required || argument.default !== undefined || given.has(argument.name)) continue;
    yield { path: `arguments.${argument.name}`, want: wanted(argument), got: 'nothing' };
  }
}

function noPair(pair: string): Problem {
  return { path: 'arguments', want: 'name=value', got: show(pair) };
}

function duplicate(name: string, given: ReadonlySet<string>): Problem | undefined {
  return given.has(name) ? { path: `arguments.${name}`, want: 'one value', got: 'several' } : undefined;
}

function misplaced(name: string, taken: readonly Argument[], title: string): Problem | undefined {
  const names = [...new Set(taken.map((argument) => argument.name))];
  if (names.includes(name)) return undefined;
  const want = names.length === 0 ? `no arguments of ${title}` : `an argument of ${title} (${list(names)})`;
  return { path: `arguments.${name}`, want: `${want}${didYouMean(name, names)}`, got: show(name) };
}

function unknownName(machine: Machine, name: string): RunControlError {
  const sequences = machine.sequences.map((each) => each.name);
  const transitions = machine.transitions.map((each) => each.name);
  const near = didYouMean(name, [...sequences, ...transitions]);
  return new RunControlError(
    'MALFORMED',
    `${machine.name} has no transition or sequence ${show(name)}${near}; ` +
      `transitions: ${list(transitions)}; sequences: ${list(sequences)}`,
  );
}
