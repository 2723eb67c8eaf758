// What is remembered of operations that have ended: bounded, however many there were and however large.

import { SUMMARY_TROUBLES_MAX, TROUBLES_MAX } from './limits.ts';
import type { FinishedOperation, JournalRecord, JournalState, OpenOperation } from './model/journal.ts';

/** The operations that are remembered once `open` has ended, and the highest number that is forgotten. */
export function remembered(
  state: JournalState,
  open: OpenOperation,
  record: Extract<JournalRecord, { kind: 'finished' }>,
): Pick<JournalState, 'finished' | 'forgottenThrough'> {
  const kept = summarized([...state.finished, entryOf(open, record)], state.operationsInFullMax);
  const forgotten = kept.length > state.operationsRememberedMax ? kept.shift() : undefined;
  return { finished: kept, forgottenThrough: forgotten?.operation.number ?? state.forgottenThrough };
}

function entryOf(
  open: OpenOperation,
  { outcome, cause, atMs }: Extract<JournalRecord, { kind: 'finished' }>,
): FinishedOperation {
  const { incarnations: _, policies: __, ...operation } = open.operation;
  return {
    operation,
    step: open.step,
    wave: open.wave,
    // Few troubles for each target: only what is remembered for long is cut.
    troubles: open.troubles.slice(0, TROUBLES_MAX),
    outcome,
    cause,
    finishedAtMs: atMs,
  };
}

/** Each that ends pushes one out of those which are remembered whole. */
function summarized(finished: readonly FinishedOperation[], inFullMax: number): FinishedOperation[] {
  const at = finished.length - 1 - inFullMax;
  return finished.map((entry, index) => (index === at ? summaryOf(entry) : entry));
}

/** What is left of it when it is not among those that are remembered whole. Of a summary: itself. */
export function summaryOf({ operation, troubles, ...entry }: FinishedOperation): FinishedOperation {
  const steps = operation.steps.map((step) => ({ ...step, waves: [] }));
  return {
    ...entry,
    operation: { ...operation, steps, leftOut: [] },
    troubles: troubles.slice(0, SUMMARY_TROUBLES_MAX),
  };
}
