// What one partition changes of a machine that many share. Its coordinator and each of its sidecars do this by
// themselves and must come to the same table: their hashes are compared with every request.

import { z } from 'zod';
import { duration } from './durationSchema.ts';
import { didYouMean } from './nearest.ts';
import type { Fault } from './shape.ts';
import { list, show } from './show.ts';
import type { Machine } from './table.ts';

export const ordersSchema = z
  .record(z.string(), z.array(z.array(z.string()).min(1)))
  .default({})
  .meta({
    description:
      'By transition: segments that act together, group after group, in place of the machine’s order.',
  });

export const timeoutsSchema = z.record(z.string(), duration(1)).default({}).meta({
  description: 'By transition: how long a process may take for it, in place of the machine’s timeout.',
});

export type Overrides = {
  /** Names of the partition's segments. */
  readonly segments: readonly string[];
  /** Absent: none that can be read. */
  readonly orders: z.output<typeof ordersSchema> | undefined;
  /** In milliseconds; absent: none that can be read. */
  readonly timeouts: z.output<typeof timeoutsSchema> | undefined;
};

/**
 * The machine with a partition's orders and timeouts. Built-in machines, and those in files, are shared by
 * many partitions, so their orders may name segments that this one does not have: these are left out.
 */
export function withOverrides(machine: Machine, { segments, orders, timeouts }: Overrides): Machine {
  const names = new Set(segments);
  return {
    ...machine,
    transitions: machine.transitions.map((transition) => ({
      ...transition,
      timeoutMs: own(timeouts, transition.name) ?? transition.timeoutMs,
      order: (own(orders, transition.name) ?? transition.order)
        .map((group) => group.filter((segment) => names.has(segment)))
        .filter((group) => group.length > 0),
    })),
  };
}

/** The fault of an override at `path` for a transition that the machine does not have. */
export function* unknownTransition(
  path: Fault['path'],
  transition: string,
  machine: Machine,
): Generator<Fault> {
  const known = machine.transitions.map(({ name }) => name);
  if (known.includes(transition)) return;
  const want = `a transition of ${machine.name} (${list(known)})${didYouMean(transition, known)}`;
  yield { path, want, got: show(transition) };
}

/** A transition may be called "constructor". */
function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
