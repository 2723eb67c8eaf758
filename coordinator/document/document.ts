import type { Machine } from '../../protos/machine/table.ts';
import type { AdapterShape } from './schema.ts';

/** How the members of a segment follow one another by ordinal. */
export type MemberOrder = 'together' | 'ascending' | 'descending' | { readonly batches: number };

/** What `baton up` starts for each member; placeholders are not yet filled in. */
export type ProcessDocument = {
  readonly command: readonly string[];
  /** Absolute. */
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** The like processes of a partition. */
export type SegmentDocument = {
  readonly name: string;
  readonly members: number;
  readonly critical: boolean;
  /** How many must be left for an operation to go on; equals `members` for a critical segment. */
  readonly minMembers: number;
  readonly order: MemberOrder;
  /** How its processes are driven; a `port` is that of member 0, each further member takes the next. */
  readonly adapter: AdapterShape;
  /** Absent: the processes are started by somebody else and listen from `adapter.port` on. */
  readonly process?: ProcessDocument;
  /** Name of the StatefulSet of its pods in a cluster; absent: the partition's name, `-` and the segment's. */
  readonly statefulSet?: string;
  readonly stop: { readonly gracePeriodMs: number; readonly marginMs: number };
};

/** A whole partition: checked, with every default filled in. */
export type PartitionDocument = {
  readonly name: string;
  /** The machine that its targets obey, with the document's orders and timeouts. */
  readonly machine: Machine;
  readonly heartbeatIntervalMs: number;
  readonly segments: readonly SegmentDocument[];
  /** First port of each kind, one per target after the other; 0: chosen free. */
  readonly ports: { readonly coordinator: number; readonly sidecars: number; readonly probes: number };
  /** What happens when a target goes away in a run: stop the run in order, or let it go alone. */
  readonly leave: { readonly policy: 'stopRun' | 'leave' };
  /** What happens in a cluster when a node with its targets is cordoned in a run. */
  readonly onCordon: 'warn' | 'leave' | 'stopRun';
  readonly startup: { readonly timeoutMs: number };
};
