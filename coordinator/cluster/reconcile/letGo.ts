// Sees a deleted Partition off, one step at a time: each record of its journal leads to the next look.

import { unreachable } from '../../../protos/failure/invariant.ts';
import type { PartitionObject } from '../resources/partition.ts';
import type { FactBook } from './book.ts';
import { farewellOf } from './farewell.ts';
import type { Lead } from './lead.ts';

/** Who asks for operations that follow from the deletion. */
const BY_DELETION = 'deletion of the partition';

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
