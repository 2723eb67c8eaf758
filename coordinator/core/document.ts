// The document changes while its partition is led: who belongs to it, and which machine they obey.

import type { Machine } from '../../protos/machine/table.ts';
import type { Draft } from './draft.ts';
import type { JournalState } from './model/journal.ts';
import type { Incarnations, Partition, Segment, Target } from './model/partition.ts';
import type { Core } from './model/picture.ts';
import { targetName, targetsOfPartition } from './targets.ts';

/**
 * Targets that the journal still speaks of: in the open operation, in a part that is unknown, in the open run.
 * Until it does not any more they are asked, settled and stopped, whether the document has them or not.
 */
export function namedTargets({ open, unknown, run }: JournalState): ReadonlySet<Target> {
  const named = new Set(Object.keys(unknown).map((name) => name as Target));
  for (const incarnations of [open?.operation.incarnations, run?.incarnations]) {
    for (const target of takingPart(incarnations ?? {})) named.add(target);
  }
  return named;
}

function* takingPart(incarnations: Incarnations): Generator<Target> {
  for (const [segment, lives] of Object.entries(incarnations)) {
    for (const [ordinal, life] of lives.entries()) if (life !== '') yield targetName(segment, ordinal);
  }
}

/** With what a leader begins: in an open operation or run the machine with which that was accepted. */
export function partitionAtFirst(wanted: Partition, { machine, open, run }: JournalState): Partition {
  const isBound = open !== undefined || run !== undefined;
  if (!isBound || machine === undefined || machine.hash === wanted.machineHash) return wanted;
  const segments = wanted.segments.filter(({ name }) => isPlaced(machine.table, name));
  return { ...wanted, machine: machine.table, machineHash: machine.hash, segments };
}

/** A segment without a place in an order of the machine belongs to another machine. */
function isPlaced({ transitions }: Machine, segment: string): boolean {
  return transitions.every(({ order }) => order.length === 0 || order.some((each) => each.includes(segment)));
}

/** The machine that the newest document wants and that is not obeyed yet: an operation or a run is open. */
export function pendingMachine({
  partition,
  wanted,
}: Pick<Core, 'partition' | 'wanted'>): { readonly name: string; readonly hash: string } | undefined {
  if (wanted.machineHash === partition.machineHash) return undefined;
  return { name: wanted.machine.name, hash: wanted.machineHash };
}

/**
 * What of the newest document holds now. Another machine waits until no operation and no run is open, and with it
 * the segments that come and go, which stand in its orders; all else holds at once.
 */
function inForce(now: Partition, wanted: Partition, { open, run }: JournalState): Partition {
  if (wanted.machineHash === now.machineHash || (open === undefined && run === undefined)) return wanted;
  const newest = new Map(wanted.segments.map((segment) => [segment.name, segment]));
  const segments = now.segments.map((segment): Segment => newest.get(segment.name) ?? segment);
  return { ...now, leavePolicy: wanted.leavePolicy, segments };
}

/** What of the document holds after this decision, and who leaves the picture with it. */
export function followDocument(draft: Draft): void {
  const { core, journal, wanted } = draft;
  const isNew = wanted !== core.wanted;
  const isHeld = core.wanted !== core.partition;
  if (!isNew && (draft.records.length === 0 || (core.departing.size === 0 && !isHeld))) return;
  const partition = isNew || isHeld ? inForce(core.partition, wanted, journal) : core.partition;
  const staying = new Set(targetsOfPartition(partition));
  const named = namedTargets(journal);
  const departing = [...core.fleet.keys()].filter((target) => !staying.has(target) && named.has(target));
  const targets = [...staying, ...departing];
  const isSame = targets.length === core.fleet.size && targets.every((target) => core.fleet.has(target));
  if (isSame && partition === core.partition && !isNew) return;
  draft.document = { partition, wanted, targets, departing: new Set(departing) };
  if (isSame) return;
  const kept = new Set(targets);
  draft.leavers = new Map([...draft.leavers].filter(([target]) => kept.has(target)));
  draft.effects.push({ type: 'follow', targets });
}
