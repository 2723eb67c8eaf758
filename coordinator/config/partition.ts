import { machineHash } from '../../protos/machine/hash.ts';
import type { Partition, Target } from '../core/model/partition.ts';
import { targetName } from '../core/targets.ts';
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

/** All targets of a partition, segment by segment. */
export function targetsOfPartition({ segments }: Partition): readonly Target[] {
  return segments.flatMap(({ name, members }) =>
    Array.from({ length: members }, (_, ordinal) => targetName(name, ordinal)),
  );
}
