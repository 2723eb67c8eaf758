// How the table is drawn in xstate: four regions, each with the table's states.
//
//   idle.<state>                       nothing runs, all is well
//   error.<state>                      nothing runs, something went wrong; the state it came from
//   doing.<state>.<transition>         a hook runs
//   doingInError.<state>.<transition>  a hook of the stop path, or recover, runs in error
//
// `unknown` stands among the states of each region; no state of a table may be called so.

import { type Machine, RECOVER } from '../../protos/machine/table.ts';
import type { MachineValue } from './compile.ts';

/** A state of the chart as xstate writes it: `{ idle: 'ready' }`, `{ doing: { ready: 'stop' } }`. */
export type Place =
  | { readonly idle: string }
  | { readonly error: string }
  | { readonly doing: Readonly<Record<string, string>> }
  | { readonly doingInError: Readonly<Record<string, string>> };

type Targets = Record<string, string>;
type Node = { id?: string; initial?: string; on?: Targets; states?: Record<string, Node> };
type Region = 'idle' | 'error';
type Edge = { readonly state: string; readonly transition: string; readonly to: string | undefined };

const UNKNOWN = 'unknown';

/** The configuration of the xstate machine. */
export function chart(machine: Machine): Node {
  return {
    id: machine.name,
    initial: 'idle',
    states: {
      idle: resting(machine, 'idle'),
      error: resting(machine, 'error'),
      doing: running(machine, 'idle'),
      doingInError: running(machine, 'error'),
    },
  };
}

/** Every value that a target of this machine can have. */
export function* places(machine: Machine): Generator<MachineValue> {
  for (const region of ['idle', 'error'] as const) {
    const error = region === 'error';
    for (const state of ['', ...stateNames(machine)]) yield { state, error, doing: '' };
    for (const edge of edges(machine, region)) yield { state: edge.state, error, doing: edge.transition };
  }
}

/** Where a value stands in the chart. */
export function placeOf(value: MachineValue): Place {
  const state = keyOf(value.state);
  if (value.doing === '') return value.error ? { error: state } : { idle: state };
  const doing = { [state]: value.doing };
  return value.error ? { doingInError: doing } : { doing };
}

/** The regions in which nothing runs: the process may say where it is, and hooks may begin. */
function resting(machine: Machine, region: Region): Node {
  const byState = edgesByState(machine, region);
  const states = ['', ...stateNames(machine)].map((state): [string, Node] => {
    const begins = (byState.get(state) ?? []).map(({ transition }) => [
      `begin:${transition}`,
      `#${region}:${state}:${transition}`,
    ]);
    return [keyOf(state), { id: `${region}:${keyOf(state)}`, on: Object.fromEntries(begins) }];
  });
  const observed = stateNames(machine).map((state) => [`observed:${state}`, `#${region}:${state}`]);
  return { initial: machine.initial, on: Object.fromEntries(observed), states: Object.fromEntries(states) };
}

/** The regions in which a hook runs. A hook that goes wrong is spoken of once for all of them. */
function running(machine: Machine, region: Region): Node {
  const states = [...edgesByState(machine, region)].map(([state, ofState]): [string, Node] => {
    const hooks = ofState.map((edge): [string, Node] => [
      edge.transition,
      { id: `${region}:${state}:${edge.transition}`, on: done(machine, region, edge) },
    ]);
    const initial = ofState[0]?.transition ?? '';
    const on = { refused: `#${region}:${keyOf(state)}` };
    return [keyOf(state), { initial, on, states: Object.fromEntries(hooks) }];
  });
  const failed = stateNames(machine).map((state) => [`failed:${state}`, `#error:${state}`]);
  const lost = `#error:${UNKNOWN}`;
  return {
    initial: UNKNOWN,
    on: { ...Object.fromEntries(failed), 'failed:': lost, interrupted: lost },
    states: Object.fromEntries(states),
  };
}

/** A step of the stop path leaves the error where it is; only recover, with the process's word, ends it. */
function done(machine: Machine, region: Region, edge: Edge): Targets {
  if (edge.to !== undefined) {
    const target = `#${region}:${edge.to}`;
    return { done: target, [`done:${edge.to}`]: target };
  }
  return Object.fromEntries(stateNames(machine).map((state) => [`done:${state}`, `#idle:${state}`]));
}

/** A Map and not an object: a state may be called "constructor". */
function edgesByState(machine: Machine, region: Region): ReadonlyMap<string, readonly Edge[]> {
  return Map.groupBy(edges(machine, region), (edge) => edge.state);
}

/** What may begin in a region; `to` is absent for recover, which ends where the process says. */
function* edges(machine: Machine, region: Region): Generator<Edge> {
  yield { state: '', transition: RECOVER, to: undefined };
  for (const state of stateNames(machine)) {
    for (const { name, from, to, stopPath } of machine.transitions) {
      if (!from.includes(state) || (region === 'error' && !stopPath)) continue;
      yield { state, transition: name, to: to ?? state };
    }
    if (region === 'error') yield { state, transition: RECOVER, to: undefined };
  }
}

function stateNames(machine: Machine): readonly string[] {
  return machine.states.map((state) => state.name);
}

/** The name of a state among the states of a region. */
function keyOf(state: string): string {
  return state === '' ? UNKNOWN : state;
}
