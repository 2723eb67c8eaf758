// The machine as data. Nothing here knows a process, a wire or a clock.

/** What an operator may give with a transition. */
export type Argument = {
  readonly name: string;
  readonly type: 'integer' | 'number' | 'boolean' | 'string';
  /** For people, e.g. `Hz`; empty when the value has none. */
  readonly unit: string;
  readonly required: boolean;
  readonly default?: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  /** Allowed values of a string; empty means any. */
  readonly oneOf: readonly string[];
  readonly description: string;
};

/** Values by argument name, as they travel to the process. */
export type Arguments = Readonly<Record<string, string | number | boolean>>;

export type MachineState = {
  readonly name: string;
  /** Counts for readiness. */
  readonly ready: boolean;
  /** Data are taken, or may still be in flight. */
  readonly inRun: boolean;
  /** A stop path may end here. */
  readonly rest: boolean;
  readonly description: string;
};

export type MachineTransition = {
  readonly name: string;
  readonly from: readonly string[];
  /** Absent: the state stays as it is. */
  readonly to?: string;
  readonly arguments: readonly Argument[];
  readonly timeoutMs: number;
  /** What the rest of an operation does when a target did not execute this. */
  readonly onFailure: 'stop' | 'continue';
  /** Also allowed from error: it leads from a run to rest. */
  readonly stopPath: boolean;
  /** Segments that act together, group after group; empty: all segments at once. */
  readonly order: readonly (readonly string[])[];
  readonly description: string;
};

export type SequenceStep = { readonly transition: string; readonly optional: boolean };

export type Sequence = {
  readonly name: string;
  readonly steps: readonly SequenceStep[];
  readonly description: string;
};

/** The table that targets obey. Complete and validated wherever this type appears. */
export type Machine = {
  readonly name: string;
  readonly initial: string;
  readonly states: readonly MachineState[];
  readonly transitions: readonly MachineTransition[];
  readonly sequences: readonly Sequence[];
};

/** Leave error or an unknown state for the state that the process names. No machine may use the name. */
export const RECOVER = 'recover';

/** The transition of that name, or undefined. */
export function findTransition(machine: Machine, name: string): MachineTransition | undefined {
  return machine.transitions.find((transition) => transition.name === name);
}

/** The state of that name, or undefined. */
export function findState(machine: Machine, name: string): MachineState | undefined {
  return machine.states.find((state) => state.name === name);
}

/** True when data are taken, or may still be in flight, in `state`; false for a state the machine does not have. */
export function isInRun(machine: Machine, state: string): boolean {
  return findState(machine, state)?.inRun === true;
}

/** True when a stop path may end in `state`; false for a state the machine does not have. */
export function isRest(machine: Machine, state: string): boolean {
  return findState(machine, state)?.rest === true;
}

/** Names of the transitions that may start from `state`, in the order of the table. */
export function transitionsFrom(machine: Machine, state: string): readonly string[] {
  return machine.transitions.filter((t) => t.from.includes(state)).map((t) => t.name);
}

/** Where `transition` leads from `state`; undefined when it may not start there. */
export function destination(machine: Machine, state: string, transition: string): string | undefined {
  const found = findTransition(machine, transition);
  if (found === undefined || !found.from.includes(state)) return undefined;
  return found.to ?? state;
}
