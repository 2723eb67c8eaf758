import { didYouMean } from '../../../protos/machine/nearest.ts';
import { unknownTransition } from '../../../protos/machine/overrides.ts';
import type { Fault } from '../../../protos/machine/shape.ts';
import { list, show } from '../../../protos/machine/show.ts';
import type { Machine, MachineTransition } from '../../../protos/machine/table.ts';
import type { Draft } from '../draft.ts';

type Groups = MachineTransition['order'];

/** Every segment has its place in every order, and no order speaks of segments that do not exist. */
export function* checkOrders(draft: Draft, machine: Machine, isInline: boolean): Generator<Fault> {
  const names = draft.segments.flatMap(({ name }) => name ?? []);
  // With a segment whose name cannot be read nobody can say which names are missing.
  const isComplete = names.length > 0 && names.length === draft.segments.length;
  for (const [transition, groups] of Object.entries(draft.orders ?? {})) {
    const path = ['spec', 'orders', transition];
    yield* unknownTransition(path, transition, machine);
    yield* repeated(path, groups);
    if (!isComplete) continue;
    yield* unknownSegments(path, groups, names);
    yield* unplaced(path, groups, names);
  }
  if (!isComplete) return;
  if (isInline) {
    for (const [at, { order }] of machine.transitions.entries()) {
      yield* unknownSegments(['spec', 'machine', 'transitions', at, 'order'], order, names);
    }
  }
  if (draft.orders !== undefined) yield* unplacedByMachine(machine, names, draft.orders);
}

/** The document may set timeouts only of transitions that exist. */
export function* checkTimeouts(draft: Draft, machine: Machine): Generator<Fault> {
  for (const transition of Object.keys(draft.timeouts ?? {})) {
    yield* unknownTransition(['spec', 'timeouts', transition], transition, machine);
  }
}

function* repeated(path: Fault['path'], groups: Groups): Generator<Fault> {
  const seen = new Set<string>();
  for (const [at, group] of groups.entries()) {
    for (const [segmentAt, segment] of group.entries()) {
      if (seen.has(segment)) {
        yield {
          path: [...path, at, segmentAt],
          want: 'a segment once in an order',
          got: `${show(segment)} again`,
        };
      }
      seen.add(segment);
    }
  }
}

function* unknownSegments(path: Fault['path'], groups: Groups, names: readonly string[]): Generator<Fault> {
  for (const [at, group] of groups.entries()) {
    for (const [segmentAt, segment] of group.entries()) {
      if (names.includes(segment)) continue;
      const want = `a segment of the document (${list(names)})${didYouMean(segment, names)}`;
      yield { path: [...path, at, segmentAt], want, got: show(segment) };
    }
  }
}

function* unplaced(path: Fault['path'], groups: Groups, names: readonly string[]): Generator<Fault> {
  const missing = names.filter((name) => !groups.flat().includes(name));
  if (groups.length === 0 || missing.length === 0) return;
  yield { path, want: 'every segment of the document', got: `an order without ${list(missing)}` };
}

/**
 * Segments for which the machine's own orders have no place: one fault with the line to write, and not one for
 * each segment and transition.
 */
function* unplacedByMachine(
  machine: Machine,
  names: readonly string[],
  orders: NonNullable<Draft['orders']>,
): Generator<Fault> {
  const misses = (transition: MachineTransition): readonly string[] =>
    names.filter((name, at) => names.indexOf(name) === at && !transition.order.flat().includes(name));
  const without = machine.transitions.filter(
    (t) => t.order.length > 0 && !Object.hasOwn(orders, t.name) && misses(t).length > 0,
  );
  const [first] = without;
  if (first === undefined) return;
  const missing = misses(first);
  const placed = first.order.map((group) => group.filter((segment) => names.includes(segment)));
  const example = [...placed.filter((group) => group.length > 0), ...missing.map((name) => [name])];
  const line = `orders: {${first.name}: [${example.map((group) => `[${group.join(', ')}]`).join(', ')}]}`;
  const transitions = list(without.map((transition) => transition.name));
  const meant = didYouMean(missing[0] ?? '', first.order.flat());
  yield {
    path: ['spec', 'segments', names.indexOf(missing[0] ?? ''), 'name'],
    want: `a place in the orders of ${machine.name}, or spec.orders for ${transitions}, such as ${line}`,
    got: `none for ${list(missing)}${meant}`,
  };
}
