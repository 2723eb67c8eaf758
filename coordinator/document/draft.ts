// What can be used of a document that may have faults: so that one misspelt key does not hide that two
// segments have one name.

import { z } from 'zod';
import { machineSchema } from '../../protos/machine/parse.ts';
import { salvage } from './salvage.ts';
import {
  type MachineChoice,
  machineChoiceSchema,
  ordersSchema,
  type PartitionShape,
  portsSchema,
  type SegmentShape,
  segmentSchema,
  timeoutsSchema,
} from './schema.ts';

/** The parts of a document that have the right shape; undefined where they have not. */
export type Draft = {
  readonly machine: MachineChoice | undefined;
  readonly segments: readonly DraftSegment[];
  readonly orders: PartitionShape['spec']['orders'] | undefined;
  readonly timeouts: PartitionShape['spec']['timeouts'] | undefined;
  readonly ports: PartitionShape['spec']['ports'] | undefined;
};

export type DraftSegment = { readonly name: string | undefined; readonly shape: SegmentShape | undefined };

const outline = z.object({ spec: z.record(z.string(), z.unknown()) });
const named = z.object({ name: z.string() });

/** The parts of `raw` that can be used. */
export function draftOf(raw: unknown): Draft {
  const spec = outline.safeParse(raw).data?.spec ?? {};
  const segments = Array.isArray(spec['segments']) ? spec['segments'] : [];
  return {
    machine: machineOf(spec['machine']),
    segments: segments.map((segment: unknown) => ({
      name: named.safeParse(segment).data?.name,
      shape: salvage(segmentSchema, segment),
    })),
    orders: salvage(ordersSchema, spec['orders']),
    timeouts: salvage(timeoutsSchema, spec['timeouts']),
    ports: salvage(portsSchema, spec['ports']),
  };
}

/** Among three forms a misspelt key would lose the machine; only one of them is a map without `file`. */
function machineOf(raw: unknown): MachineChoice | undefined {
  const isTable = typeof raw === 'object' && raw !== null && !('file' in raw);
  return salvage<MachineChoice>(isTable ? machineSchema : machineChoiceSchema, raw);
}
