// Which failpoints one turn of the sequencer passes.

import type { Failpoint } from '../protos/failure/failpoints.ts';
import { reach } from '../protos/failure/reach.ts';
import type { JournalRecord } from './core/model/journal.ts';
import type { Command } from './core/model/operation.ts';
import type { Core } from './core/model/picture.ts';
import type { Event } from './core/model/turn.ts';

type Pair = { readonly before: Failpoint; readonly after: Failpoint };

/** Records without an entry are passed by the points of any append only. */
const OF_RECORD: Partial<Record<JournalRecord['kind'], Pair>> = {
  led: { before: 'journal.before-led', after: 'journal.led' },
  accepted: { before: 'journal.before-accepted', after: 'journal.accepted' },
  waveDone: { before: 'journal.before-wave-done', after: 'journal.wave-done' },
  cancelRequested: { before: 'journal.before-cancel-requested', after: 'journal.cancel-requested' },
  finished: { before: 'journal.before-finished', after: 'journal.finished' },
};

/** Before records are durable. */
export function reachUnwritten(records: readonly JournalRecord[], during: string | undefined): void {
  reach('journal.before-append', during);
  for (const { kind } of records) reachEach(OF_RECORD[kind]?.before, during);
}

/** Once records are durable. */
export function reachWritten(records: readonly JournalRecord[], during: string | undefined): void {
  reach('journal.appended', during);
  for (const { kind } of records) reachEach(OF_RECORD[kind]?.after, during);
}

/** When what was seen is in the picture. */
export function reachObserved(event: Event, during: string | undefined): void {
  if (event.type === 'answer') reach('coordinator.answer-heard', during);
  if (event.type === 'state' && event.state.doing !== undefined) reach('coordinator.doing-heard', during);
}

/** The operation that goes on, or that these records begin: `start_run`, `conf`, `goto`, `leave`. */
export function operationWord(core: Core, records: readonly JournalRecord[]): string | undefined {
  const accepted = records.find((record) => record.kind === 'accepted');
  const operation = core.journal.open?.operation ?? accepted?.operation;
  return operation === undefined ? undefined : commandWord(operation.command);
}

function commandWord(command: Command): string {
  return command.kind === 'transition' || command.kind === 'sequence' ? command.name : command.kind;
}

function reachEach(point: Failpoint | undefined, during: string | undefined): void {
  if (point !== undefined) reach(point, during);
}
