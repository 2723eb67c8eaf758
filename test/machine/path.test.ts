import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dune } from '../../protos/machine/dune.ts';
import { shortestPath, stopPath, stopPathBudgetMs, walkSequence } from '../../protos/machine/path.ts';
import { destination, findState, type Machine } from '../../protos/machine/table.ts';
import { machines } from './arbitrary.ts';

test.each([
  ['initial', 'running', ['conf', 'start', 'enable_triggers']],
  ['running', 'configured', ['disable_triggers', 'drain_dataflow', 'stop_trigger_sources', 'stop']],
  ['ready', 'ready', []],
] as const)('from %s to %s', (from, to, path) => {
  expect(shortestPath(dune, from, to)).toEqual(path);
});

test('there is no path to a state that the machine does not have', () => {
  expect(shortestPath(dune, 'initial', 'nowhere')).toBeUndefined();
});

test('of two ways of one length the first in the table is taken', () => {
  const [conf] = dune.transitions;
  if (conf === undefined) throw new Error('dune has transitions');
  const twice: Machine = { ...dune, transitions: [{ ...conf, name: 'conf_first' }, ...dune.transitions] };
  expect(shortestPath(twice, 'initial', 'configured')).toEqual(['conf_first']);
});

test('a shortest path is legal, arrives, and no shorter one exists', () => {
  fc.assert(
    fc.property(machines, fc.nat(7), fc.nat(7), (machine, fromAt, toAt) => {
      const from = machine.states[fromAt % machine.states.length]?.name ?? '';
      const to = machine.states[toAt % machine.states.length]?.name ?? '';
      const path = shortestPath(machine, from, to);
      expect(path?.length).toBe(distance(machine, from, to));
      if (path !== undefined) expect(follow(machine, from, path)).toBe(to);
    }),
  );
});

test('a stop path leads to rest by stop steps only, and its budget is their sum', () => {
  fc.assert(
    fc.property(machines, (machine) => {
      for (const state of machine.states) {
        const path = stopPath(machine, state.name);
        if (path === undefined) throw new Error('a valid machine has a stop path from everywhere');
        expect(findState(machine, follow(machine, state.name, path) ?? '')?.rest).toBe(true);
        expect(path.length === 0).toBe(state.rest);
        expect(path.every((name) => machine.transitions.find((t) => t.name === name)?.stopPath)).toBe(true);
        expect(stopPathBudgetMs(machine, state.name)).toBe(path.length * 1_000);
      }
    }),
  );
});

test('without a stop path there is neither a path nor a budget', () => {
  const stranded = { ...dune, transitions: dune.transitions.filter((t) => t.name !== 'stop') };
  expect(stopPath(stranded, 'running')).toBeUndefined();
  expect(stopPathBudgetMs(stranded, 'running')).toBeUndefined();
});

test.each([
  ['start_run', 'initial', ['conf', 'start', 'enable_triggers']],
  ['start_run', 'configured', ['start', 'enable_triggers']],
  ['start_run', 'ready', undefined],
  ['stop_run', 'ready', ['drain_dataflow', 'stop_trigger_sources', 'stop']],
  ['stop_run', 'configured', undefined],
  ['shutdown', 'initial', []],
  ['shutdown', 'dataflow_drained', ['stop_trigger_sources', 'stop', 'scrap']],
] as const)('%s from %s', (name, state, taken) => {
  const sequence = dune.sequences.find((candidate) => candidate.name === name);
  if (sequence === undefined) throw new Error(`dune has ${name}`);
  expect(walkSequence(dune, sequence, state)).toEqual(taken);
});

function follow(machine: Machine, from: string, path: readonly string[]): string | undefined {
  return path.reduce<string | undefined>(
    (state, name) => (state === undefined ? undefined : destination(machine, state, name)),
    from,
  );
}

/** Number of edges between two states by relaxing all edges, which shares nothing with a breadth-first search. */
function distance(machine: Machine, from: string, to: string): number | undefined {
  const steps = new Map([[from, 0]]);
  for (let round = 0; round < machine.states.length; round += 1) {
    for (const transition of machine.transitions) {
      for (const start of transition.from) {
        const reached = steps.get(start);
        const end = transition.to;
        if (reached === undefined || end === undefined) continue;
        if (reached + 1 < (steps.get(end) ?? Number.POSITIVE_INFINITY)) steps.set(end, reached + 1);
      }
    }
  }
  return steps.get(to);
}
