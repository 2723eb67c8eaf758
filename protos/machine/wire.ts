// The machine as it travels. The only file of the table that knows the generated types.

import { type Problem, RunControlError } from '../failure/trouble.ts';
import type { Machine__Output as Received, Machine as Sent } from '../generated/baton/v1/Machine.ts';
import type { MachineArgument, MachineArgument__Output } from '../generated/baton/v1/MachineArgument.ts';
import type {
  MachineTransition__Output as ReceivedTransition,
  MachineTransition as SentTransition,
} from '../generated/baton/v1/MachineTransition.ts';
import { machineHash } from './hash.ts';
import { parseMachine } from './parse.ts';
import { show } from './show.ts';
import type { Argument, Machine, MachineTransition } from './table.ts';

const TYPES = {
  integer: 'ARGUMENT_TYPE_INTEGER',
  number: 'ARGUMENT_TYPE_NUMBER',
  boolean: 'ARGUMENT_TYPE_BOOLEAN',
  string: 'ARGUMENT_TYPE_STRING',
} as const satisfies Record<Argument['type'], MachineArgument__Output['type']>;

const ON_FAILURE = {
  stop: 'ON_FAILURE_STOP',
  continue: 'ON_FAILURE_CONTINUE',
} as const satisfies Record<MachineTransition['onFailure'], ReceivedTransition['onFailure']>;

/** The message that tells a machine, with its hash. */
export function machineToWire(machine: Machine): Sent {
  return {
    name: machine.name,
    hash: machineHash(machine),
    initial: machine.initial,
    states: machine.states.map((state) => ({ ...state })),
    transitions: machine.transitions.map(transitionToWire),
    sequences: machine.sequences.map(({ steps, ...rest }) => ({
      ...rest,
      steps: steps.map((step) => ({ ...step })),
    })),
  };
}

/**
 * The machine in a message. Throws RunControlError MALFORMED with all problems when it is not a machine that
 * Baton may use, or not the one whose hash the message tells.
 */
export function machineFromWire(message: Received): Machine {
  const problems: Problem[] = [];
  const { name, initial, states, sequences } = message;
  const transitions = message.transitions.map((transition, at) =>
    transitionFromWire(transition, `transitions[${at}]`, problems),
  );
  const parsed = parseMachine({ name, initial, states, transitions, sequences });
  if ('problems' in parsed) throw malformed(name, [...problems, ...parsed.problems]);
  const hash = machineHash(parsed.machine);
  if (hash !== message.hash) problems.push({ path: 'hash', want: hash, got: show(message.hash) });
  if (problems.length > 0) throw malformed(name, problems);
  return parsed.machine;
}

function malformed(name: string, problems: readonly Problem[]): RunControlError {
  return new RunControlError('MALFORMED', `the machine ${show(name)} that was sent cannot be used`, {
    problems,
  });
}

function transitionToWire(transition: MachineTransition): SentTransition {
  const { order, onFailure, arguments: taken, from, to, ...rest } = transition;
  return {
    ...rest,
    from: [...from],
    to: to ?? '',
    onFailure: ON_FAILURE[onFailure],
    order: order.map((segments) => ({ segments: [...segments] })),
    arguments: taken.map(argumentToWire),
  };
}

function argumentToWire(argument: Argument): MachineArgument {
  const { type, default: preset, oneOf, ...rest } = argument;
  return {
    ...rest,
    type: TYPES[type],
    defaultJson: preset === undefined ? '' : JSON.stringify(preset),
    oneOf: [...oneOf],
  };
}

/** Back to the form that people write, which one parser then judges. */
function transitionFromWire(message: ReceivedTransition, path: string, problems: Problem[]): unknown {
  return {
    ...message,
    to: message.to === '' ? undefined : message.to,
    onFailure: keyFor(ON_FAILURE, message.onFailure),
    order: message.order.map((group) => group.segments),
    arguments: message.arguments.map((argument, at) =>
      argumentFromWire(argument, `${path}.arguments[${at}]`, problems),
    ),
  };
}

function argumentFromWire(message: MachineArgument__Output, path: string, problems: Problem[]): unknown {
  const { defaultJson, type, _min, _max, ...rest } = message;
  return { ...rest, type: keyFor(TYPES, type), default: parseDefault(defaultJson, path, problems) };
}

function parseDefault(json: string, path: string, problems: Problem[]): unknown {
  if (json === '') return undefined;
  try {
    return JSON.parse(json);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    problems.push({ path: `${path}.defaultJson`, want: 'JSON', got: show(json) });
    return undefined;
  }
}

/** The key of `value`, or the value itself so that the parser can say what it found. */
function keyFor(table: Readonly<Record<string, string>>, value: string): string {
  return Object.keys(table).find((key) => table[key] === value) ?? value;
}
