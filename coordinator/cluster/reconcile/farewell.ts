// A Partition that is deleted: its run is stopped in order, then its journal goes. Pure.

import type { OperationId } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';

/** What keeps a deleted Partition until its run has ended. */
export const ORDERED_STOP_FINALIZER = 'baton.dev/ordered-stop';

/** Stops that are tried by the coordinator itself; then an operator has to look. */
export const STOPS_MAX = 3;

export type Farewell =
  /** An operation is open that goes on into the run, or anywhere: it ends after its present wave. */
  | { readonly kind: 'cancel' }
  | { readonly kind: 'stop'; readonly id: OperationId }
  /** Something goes on that leads to the end. */
  | { readonly kind: 'wait' }
  /** The stops that were tried have not ended the run. */
  | { readonly kind: 'stuck'; readonly sentence: string }
  /** No run is open: the journal may go. */
  | { readonly kind: 'done' };

/** What comes next for the partition of `core`, which is to go. `uid` names the deleted object. */
export function farewellOf({ journal }: Core, uid: string): Farewell {
  const { open, run, finished } = journal;
  const isOurs = (id: string): boolean => id.startsWith(prefixOf(uid));
  if (open !== undefined) {
    const { operation, cancelRequested } = open;
    const goesDown =
      isOurs(operation.id) || operation.steps.slice(open.step).every(({ stopPath }) => stopPath);
    return goesDown || cancelRequested ? { kind: 'wait' } : { kind: 'cancel' };
  }
  if (run === undefined) return { kind: 'done' };
  const tried = finished.filter(({ operation }) => isOurs(operation.id));
  const last = tried.at(-1);
  if (last === undefined || tried.length < STOPS_MAX)
    return { kind: 'stop', id: stopId(uid, tried.length + 1) };
  const sentence = `run ${run.number} is not ended after ${tried.length} stops: ${last.cause}; end it with: baton send stop_run, or give it up by removing the finalizer ${ORDERED_STOP_FINALIZER}`;
  return { kind: 'stuck', sentence };
}

/** Named in the journal, so that a takeover counts on. */
function stopId(uid: string, attempt: number): OperationId {
  // The one cast of what is made here.
  return `${prefixOf(uid)}${attempt}` as OperationId;
}

function prefixOf(uid: string): string {
  return `deleted-${uid.slice(0, 8)}-`;
}
