// What can be used of a document that may have faults: so that one misspelt key does not hide that two
// segments have one name.

import { z } from 'zod';
import type { FieldPath } from '../../protos/machine/fieldPath.ts';
import { ordersSchema, timeoutsSchema } from '../../protos/machine/overrides.ts';
import type { Fault } from '../../protos/machine/shape.ts';
import { repair } from './repair.ts';
import { salvage } from './salvage.ts';
import {
  namedMachineSchema,
  type PartitionShape,
  portsSchema,
  type SegmentShape,
  segmentSchema,
} from './schema.ts';

/** The parts of a document that have the right shape; undefined where they have not. */
export type Draft = {
  readonly machine: DraftMachine | undefined;
  readonly segments: readonly DraftSegment[];
  readonly orders: PartitionShape['spec']['orders'] | undefined;
  readonly timeouts: PartitionShape['spec']['timeouts'] | undefined;
  readonly ports: PartitionShape['spec']['ports'] | undefined;
};

/** A name, a file, or the table as it was written. */
export type DraftMachine = string | { readonly file: string } | { readonly table: unknown };

export type DraftSegment = {
  readonly name: string | undefined;
  /** With substitutes at the places that cannot be read. */
  readonly shape: SegmentShape | undefined;
  readonly unread: readonly FieldPath[];
};

const outline = z.object({ spec: z.record(z.string(), z.unknown()) });
const named = z.object({ name: z.string() });

/** The parts of `raw` that can be used. */
export function draftOf(raw: unknown): Draft {
  const spec = outline.safeParse(raw).data?.spec ?? {};
  const segments = Array.isArray(spec['segments']) ? spec['segments'] : [];
  return {
    machine: machineOf(spec['machine']),
    segments: segments.map((segment: unknown) => {
      const repaired = repair<SegmentShape>(segmentSchema, segment, standIn);
      const name = named.safeParse(segment).data?.name;
      return { name, shape: repaired?.value, unread: repaired?.unread ?? [] };
    }),
    orders: salvage(ordersSchema, spec['orders']),
    timeouts: salvage(timeoutsSchema, spec['timeouts']),
    ports: salvage(portsSchema, spec['ports']),
  };
}

/** Which of the three forms is meant: a table is known by what every table has. */
function machineOf(raw: unknown): DraftMachine | undefined {
  const keys = typeof raw === 'object' && raw !== null ? Object.keys(raw) : [];
  const isTable = ['initial', 'states', 'transitions'].some((key) => keys.includes(key));
  return isTable ? { table: raw } : salvage<DraftMachine>(namedMachineSchema, raw);
}

/** Harmless values in place of what a segment must have; the rest has defaults. */
function standIn(path: FieldPath): unknown {
  return path.length === 1 ? { name: 'unread', members: 1 }[String(path[0])] : undefined;
}

/**
 * True for what may only seem wrong because something beside it cannot be read: a key of which a part is not
 * known, the smallest number when members are not, a missing process when there is one that cannot be read.
 */
export function isDoubtful({ segments }: Draft, { path }: Fault): boolean {
  const [, part, at, key] = path;
  if (part !== 'segments' || typeof at !== 'number') return false;
  const unread = new Set(segments[at]?.unread.map(([first]) => first));
  if (key === undefined) return unread.has('process') || unread.has('adapter');
  return unread.has(key) || (key === 'minMembers' && (unread.has('members') || unread.has('critical')));
}
