// How long a stop path takes is worked out by the chart in helm's own language: it must come to what the coordinator says.

import { expect, test } from 'vitest';
import { BUILTIN_MACHINES } from '../../../protos/machine/builtin.ts';
import { stopPathBudgetMs } from '../../../protos/machine/path.ts';
import type { Machine } from '../../../protos/machine/table.ts';
import { refusal } from './helm.ts';

/** One segment whose machine is this, in the words of the refusal of a grace of 1 ms: what its stop path needs. */
async function neededFor(machine: unknown): Promise<string> {
  const segment = {
    name: 'readout',
    members: 1,
    adapter: { port: 1 },
    stop: { gracePeriod: '1ms', margin: '0s' },
  };
  const orders = Object.fromEntries(names(machine).map((name) => [name, [['readout']]]));
  const told = await refusal('minidaq', {
    partition: {
      spec: { machine, orders, leave: { policy: 'leave' }, segments: [segment] },
    },
  });
  return /want at least (\S+) \(/.exec(told)?.[1] ?? told;
}

function names(machine: unknown): readonly string[] {
  const known = BUILTIN_MACHINES.find((each) => each === machine || each.name === machine);
  return (known ?? TWO_WAYS).transitions.map(({ name }) => name);
}

/** Fewer steps that take longer, two first steps of which the earlier in the table counts, a state without any way. */
const TWO_WAYS: Machine = {
  name: 'two_ways',
  initial: 'idle',
  states: ['idle', 'taking', 'tuning', 'halted', 'lost', 'safe'].map((name) => ({
    name,
    ready: true,
    inRun: name === 'taking',
    rest: name === 'idle' || name === 'safe',
    description: '',
  })),
  transitions: [
    ['start', 'idle', 'taking', 1_000, false],
    ['halt', 'taking', 'halted', 2_000, true],
    ['end', 'halted', 'idle', 3_000, true],
    ['flee', 'taking', 'safe', 7_000, true],
    ['lose', 'taking', 'lost', 1_000, false],
    ['tune', 'taking', 'tuning', 1_000, false],
    ['halt_tuning', 'tuning', 'halted', 1_000, true],
    ['halt_slowly', 'tuning', 'halted', 60_000, true],
    ['abort', 'tuning', 'safe', 100_000, false],
  ].map(([name, from, to, timeoutMs, stopPath]) => ({
    name: String(name),
    from: [String(from)],
    to: String(to),
    arguments: [],
    timeoutMs: Number(timeoutMs),
    onFailure: 'stop',
    stopPath: stopPath === true,
    order: [],
    description: '',
  })),
  sequences: [],
};

test.each([
  ...BUILTIN_MACHINES.map((machine) => [machine.name, machine] as const),
  ['two_ways', TWO_WAYS] as const,
])('the stop path of %s is that of the coordinator, by name and as a table', async (name, machine) => {
  const longestMs = Math.max(...machine.states.map((state) => stopPathBudgetMs(machine, state.name) ?? 0));
  const text = longestMs % 1_000 === 0 ? `${longestMs / 1_000}s` : `${longestMs}ms`;
  if (machine !== TWO_WAYS) expect(await neededFor(name)).toBe(text);
  expect(await neededFor(machine)).toBe(text);
});
