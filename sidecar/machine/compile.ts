// The table as an xstate machine, used only as the pure function (value, event) → value.

import { createMachine, transition as xstateTransition } from 'xstate';
import { assert } from '../../protos/failure/invariant.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { type Machine, RECOVER } from '../../protos/machine/table.ts';
import { validateMachine } from '../../protos/machine/validate.ts';
import { chart, placeOf, places } from './chart.ts';

/** Where a target is in its machine. */
export type MachineValue = {
  /** Empty: unknown. In error: the state it came from. */
  readonly state: string;
  readonly error: boolean;
  /** The transition in between, or empty. */
  readonly doing: string;
};

/** What can happen to a target in its machine. */
export type MachineEvent =
  /** A hook is about to start. */
  | { readonly type: 'begin'; readonly transition: string }
  /** It succeeded. `state`, when given, is where the process says it is; `recover` must give it. */
  | { readonly type: 'done'; readonly state?: string }
  /** The process refused and nothing changed. */
  | { readonly type: 'refused' }
  /** It did not succeed; `state` is empty when the process does not know where it is. */
  | { readonly type: 'failed'; readonly state: string }
  /** Nobody can say whether it succeeded. */
  | { readonly type: 'interrupted' }
  /** The process says where it is while nothing runs. */
  | { readonly type: 'observed'; readonly state: string };

/** A machine that `next` can run. */
export type Compiled = {
  readonly machine: Machine;
  readonly step: (value: MachineValue, eventType: string) => MachineValue | undefined;
  readonly isValue: (value: MachineValue) => boolean;
};

/** Where a target is of which nothing is known: it takes only `recover`, until the process says where it is. */
export const UNKNOWN_VALUE: MachineValue = { state: '', error: false, doing: '' };

/** The table cannot make a circle without events, but a mistake in chart.ts could: it must not hang a sidecar. */
const ITERATIONS_MAX = 100;

/**
 * A machine made from a table. Throws RunControlError MALFORMED with all problems of the table.
 */
export function compileMachine(machine: Machine): Compiled {
  const problems = validateMachine(machine);
  if (problems.length > 0) {
    throw new RunControlError('MALFORMED', `machine ${machine.name} cannot be used`, { problems });
  }
  // The one cast: xstate types a machine by its literal, and this one is only known at run time.
  const compiled = createMachine({ ...chart(machine), options: { maxIterations: ITERATIONS_MAX } } as never);
  const values = [...places(machine)];
  const known = new Set(values.map(keyOf));
  const byPlace = new Map(values.map((value) => [JSON.stringify(placeOf(value)), value]));
  const run = (value: MachineValue, eventType: string): MachineValue | undefined => {
    const snapshot = compiled.resolveState({ value: placeOf(value) });
    if (!snapshot.can({ type: eventType })) return undefined;
    const [after] = xstateTransition(compiled, snapshot, { type: eventType });
    const reached = byPlace.get(JSON.stringify(after.value));
    assert(reached !== undefined, 'every state of the chart is a value of the table');
    return reached;
  };
  return {
    machine,
    step: remembering(known, new Set<string>(compiled.events), run),
    isValue: (value) => known.has(keyOf(value)),
  };
}

/** Where a process is that has just attached and was told nothing yet. */
export function initialValue(compiled: Compiled): MachineValue {
  return { state: compiled.machine.initial, error: false, doing: '' };
}

/**
 * Where `event` leads from `value`; undefined when the machine does not allow it there, which is a refusal.
 * A `done` that names another state than the transition leads to is not allowed either: the caller must
 * report it as `failed` there. Throws InvariantViolation on a value that is not one of this machine's.
 */
export function next(compiled: Compiled, value: MachineValue, event: MachineEvent): MachineValue | undefined {
  return compiled.step(value, eventTypeOf(event));
}

/** Names of what may begin now, in the order of the table; `recover` last. */
export function allowedNow(compiled: Compiled, value: MachineValue): readonly string[] {
  return [...compiled.machine.transitions.map((transition) => transition.name), RECOVER].filter(
    (name) => next(compiled, value, { type: 'begin', transition: name }) !== undefined,
  );
}

/** True when `value` belongs to this machine: what a file or a wire says must be asked before it is used. */
export function isMachineValue(compiled: Compiled, value: MachineValue): boolean {
  return compiled.isValue(value);
}

function eventTypeOf(event: MachineEvent): string {
  if (event.type === 'begin') return `begin:${event.transition}`;
  if (event.type === 'refused' || event.type === 'interrupted') return event.type;
  return event.state === undefined ? event.type : `${event.type}:${event.state}`;
}

/**
 * The same function with a memory. It is pure and has finitely many inputs, xstate takes 16 µs for one, and
 * the simulation asks it millions of times. Only values and events of the machine are remembered: whatever
 * names a process invents, the memory stays finite.
 */
function remembering(
  known: ReadonlySet<string>,
  eventTypes: ReadonlySet<string>,
  run: Compiled['step'],
): Compiled['step'] {
  const memory = new Map<string, Map<string, MachineValue | undefined>>();
  return (value, eventType) => {
    const key = keyOf(value);
    const answers = memory.get(key);
    if (answers?.has(eventType)) return answers.get(eventType);
    assert(known.has(key), 'a machine is asked only about its own values');
    if (!eventTypes.has(eventType)) return undefined;
    const answer = run(value, eventType);
    if (answers === undefined) memory.set(key, new Map([[eventType, answer]]));
    else answers.set(eventType, answer);
    return answer;
  };
}

function keyOf(value: MachineValue): string {
  return `${value.error ? 'error' : 'idle'}:${value.state}:${value.doing}`;
}
