// The waves of one transition: segment groups in the transition's order, ordinals in the segment's.

import type { MachineTransition } from '../../../protos/machine/table.ts';
import type { Group, Wave } from '../model/operation.ts';
import type { MemberOrder, Partition } from '../model/partition.ts';
import { rangesOf } from '../targets.ts';

/** One target that takes the transition. */
export type Member = {
  readonly segment: string;
  readonly ordinal: number;
  readonly from: string;
  readonly to: string;
};

/** Waves of `transition` for `members`; none of them is empty. */
export function wavesOf(
  partition: Partition,
  transition: Pick<MachineTransition, 'order'>,
  members: readonly Member[],
): readonly Wave[] {
  const placed = new Set(transition.order.flat());
  // All at once where no order is given. Who departs may be of a segment that the order does not know any more.
  const others = [
    ...new Set([...partition.segments.map(({ name }) => name), ...members.map(segmentOfMember)]),
  ];
  const last = others.filter((segment) => !placed.has(segment));
  return [...transition.order, last].flatMap((segments) => wavesOfGroup(partition, segments, members));
}

function segmentOfMember({ segment }: Member): string {
  return segment;
}

/** Segments that act together: wave by wave in parallel, each segment in its own order. */
function wavesOfGroup(partition: Partition, segments: readonly string[], members: readonly Member[]): Wave[] {
  const lanes = segments.map((name) => {
    const order = partition.segments.find((segment) => segment.name === name)?.order ?? 'together';
    return chunks(
      members.filter((member) => member.segment === name),
      order,
    );
  });
  const length = Math.max(0, ...lanes.map((lane) => lane.length));
  const waves = Array.from({ length }, (_, i) => lanes.flatMap((lane) => groupsOf(lane[i] ?? [])));
  return waves.filter((wave) => wave.length > 0);
}

function chunks(members: readonly Member[], order: MemberOrder): readonly (readonly Member[])[] {
  const ascending = members.toSorted((a, b) => a.ordinal - b.ordinal);
  if (order === 'together') return [ascending];
  if (order === 'ascending') return ascending.map((member) => [member]);
  if (order === 'descending') return ascending.toReversed().map((member) => [member]);
  const { batches } = order;
  const count = Math.ceil(ascending.length / batches);
  return Array.from({ length: count }, (_, i) => ascending.slice(i * batches, (i + 1) * batches));
}

/** Targets of one segment that start from the same state stand together. */
function groupsOf(members: readonly Member[]): Group[] {
  const byEnds = Map.groupBy(members, ({ from, to }) => `${from}>${to}`);
  return [...byEnds.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { segment, from, to } = first;
    return [{ segment, ordinals: rangesOf(alike.map((member) => member.ordinal)), from, to }];
  });
}
