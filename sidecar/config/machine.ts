// Which machine the sidecar obeys: the whole table, or what the partition's document says of it, from which it
// makes the same table as the coordinator.

import type { Problem } from '../../protos/failure/trouble.ts';
import { BUILTIN_MACHINES, builtinMachine } from '../../protos/machine/builtin.ts';
import { pathText } from '../../protos/machine/fieldPath.ts';
import { didYouMean } from '../../protos/machine/nearest.ts';
import { type Overrides, unknownTransition, withOverrides } from '../../protos/machine/overrides.ts';
import { parseMachine } from '../../protos/machine/parse.ts';
import { list, show } from '../../protos/machine/show.ts';
import type { Machine } from '../../protos/machine/table.ts';

export type ChosenMachine = { readonly machine: Machine } | { readonly problems: readonly Problem[] };

/** The machine that `raw`, the value of the key `machine`, means: a built-in one by name, or a table. */
export function chooseMachine(raw: unknown): ChosenMachine {
  if (typeof raw !== 'string') {
    const parsed = parseMachine(raw);
    if ('machine' in parsed) return parsed;
    return { problems: parsed.problems.map((each) => ({ ...each, path: inMachine(each.path) })) };
  }
  const machine = builtinMachine(raw);
  if (machine !== undefined) return { machine };
  const names = BUILTIN_MACHINES.map(({ name }) => name);
  const want = `a built-in machine (${list(names)}) or a table${didYouMean(raw, names)}`;
  return { problems: [{ path: 'machine', want, got: show(raw) }] };
}

/** The keys beside `machine`, as the shape of the configuration has them. */
export type OverrideKeys = Pick<Overrides, 'orders' | 'timeouts'> & {
  readonly segment: string;
  readonly segments?: readonly string[] | undefined;
};

/**
 * `machine` as the coordinator of the partition makes it. A table without the names of all segments is taken as
 * it stands: whoever wrote it, e.g. `baton up`, has done all this.
 */
export function overridden(machine: Machine, keys: OverrideKeys, isWhole: boolean): ChosenMachine {
  const problems = overrideProblems(machine, keys, isWhole);
  if (problems.length > 0) return { problems };
  const { segments, orders, timeouts } = keys;
  return {
    machine: segments === undefined ? machine : withOverrides(machine, { segments, orders, timeouts }),
  };
}

function overrideProblems(machine: Machine, keys: OverrideKeys, isWhole: boolean): readonly Problem[] {
  const { segment, segments, orders = {}, timeouts = {} } = keys;
  const faults = [
    ...Object.keys(orders).flatMap((name) => [...unknownTransition(['orders', name], name, machine)]),
    ...Object.keys(timeouts).flatMap((name) => [...unknownTransition(['timeouts', name], name, machine)]),
  ];
  const problems = faults.map((fault) => ({ ...fault, path: pathText(fault.path) }));
  const isPlain = isWhole && Object.keys({ ...orders, ...timeouts }).length === 0;
  const want = 'the names of all segments of the partition';
  if (segments === undefined && !isPlain) return [...problems, { path: 'segments', want, got: 'nothing' }];
  if (segments === undefined || segments.includes(segment)) return problems;
  return [...problems, { path: 'segments', want: `${want}, ${segment} among them`, got: list(segments) }];
}

function inMachine(path: string): string {
  return path === 'the whole' ? 'machine' : `machine.${path}`;
}
