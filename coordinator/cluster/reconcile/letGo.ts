// Sees a deleted Partition off, one step at a time: each record of its journal leads to the next look.

import { unreachable } from '../../../protos/failure/invariant.ts';
import type { PartitionObject } from '../resources/partition.ts';
import type { FactBook } from './book.ts';
import { farewellOf, ORDERED_STOP_FINALIZER } from './farewell.ts';
import type { Lead } from './lead.ts';
import type { KeeperParts } from './parts.ts';
import { deleteJournal, setFinalizer } from './writes.ts';

/** Who asks for operations that follow from the deletion. */
const BY_DELETION = 'deletion of the partition';

export type Departure = Pick<KeeperParts, 'client' | 'openJournal'> & {
  readonly object: PartitionObject;
  readonly book: FactBook;
  readonly signal: AbortSignal;
  readonly lead: () => Lead | undefined;
  /** Leads it, so that its run can be stopped. Throws RunControlError when it cannot be led. */
  readonly leadOnceMore: () => Promise<void>;
  readonly unlead: () => Promise<void>;
};

/**
 * Does what comes next for a Partition that is deleted: its run is stopped in order, then its journal goes, then it may
 * go itself. One that does not wait for us just goes on. Throws RunControlError when that came to nothing.
 */
export async function letGo(departure: Departure): Promise<'goesOn' | 'stuck' | 'gone'> {
  const { object, book, client, lead, leadOnceMore, unlead } = departure;
  if (!object.finalizers.includes(ORDERED_STOP_FINALIZER)) return 'goesOn';
  if (lead() === undefined && (await hasRun(departure))) await leadOnceMore();
  const stopping = lead();
  const farewell = stopping === undefined ? 'done' : await sayFarewell(stopping, object, book);
  if (farewell !== 'done') return farewell;
  await unlead();
  await deleteJournal(client, object);
  await setFinalizer(client, object, false);
  return 'gone';
}

async function hasRun({ object, openJournal, signal }: Departure): Promise<boolean> {
  await using journal = openJournal(object, { signal, onWait: () => undefined });
  const { state } = await journal.read();
  return state.run !== undefined || state.open !== undefined;
}

/** The condition of a Partition that is deleted: why it is still there. */
const RELEASED = 'Released';

/**
 * Does what comes next for the partition that `lead` leads. `goesOn`: a record will follow; `stuck`: it is worth
 * another look in a while; `done`: no run is open. Throws RunControlError when the stop is refused.
 */
export async function sayFarewell(
  lead: Pick<Lead, 'core' | 'cancelOpen' | 'stopRun'>,
  { uid }: Pick<PartitionObject, 'uid'>,
  book: FactBook,
): Promise<'goesOn' | 'stuck' | 'done'> {
  const next = farewellOf(lead.core, uid);
  switch (next.kind) {
    case 'wait':
      return 'goesOn';
    case 'cancel':
      book.deny(RELEASED, 'Stopping', 'it is deleted: the open operation ends first, then its run');
      await lead.cancelOpen();
      return 'goesOn';
    case 'stop':
      book.deny(RELEASED, 'Stopping', 'it is deleted: its run is stopped first');
      await lead.stopRun(next.id, BY_DELETION);
      return 'goesOn';
    case 'stuck':
      book.deny(RELEASED, 'RunNotEnded', next.sentence);
      return 'stuck';
    case 'done':
      return 'done';
    default:
      return unreachable(next);
  }
}
