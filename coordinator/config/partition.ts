import { machineHash } from '../../protos/machine/hash.ts';
import type { Partition } from '../core/model/partition.ts';
import type { PartitionDocument } from '../document/document.ts';

/** What the core needs of a document. */
export function partitionOf(document: PartitionDocument): Partition {
  const { name, machine, segments, leave } = document;
  return {
    name,
    machine,
    machineHash: machineHash(machine),
    segments: segments.map(({ name: segment, members, critical, minMembers, order }) => ({
      name: segment,
      members,
      critical,
      minMembers,
      order,
    })),
    leavePolicy: leave.policy,
  };
}
