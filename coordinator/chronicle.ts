// What happened, one log line for each change of state.

import type { Logger } from 'pino';
import type { JournalRecord } from './core/model/journal.ts';
import type { Core, Observation } from './core/model/picture.ts';

/** One line for each record, told once it is durable and committed. */
export function logRecords(log: Logger, core: Core, records: readonly JournalRecord[]): void {
  for (const record of records) {
    const { kind, ...facts } = factsOf(core, record);
    log.info({ ...operationOf(core), ...facts, epoch: core.journal.epoch }, WORDS[kind]);
  }
}

/** One line if the target of the last event is now in another state than `before`. */
export function logTargetChange(log: Logger, core: Core, before: Observation | undefined): void {
  const after = before === undefined ? undefined : core.fleet.get(before.target);
  if (before === undefined || after === undefined || after === before) return;
  // A thousand answers come at once: where nobody reads the line nothing is done for it.
  if (!log.isLevelEnabled('info')) return;
  const [from, to] = [stateOf(before), stateOf(after)];
  if (from === to && before.trouble === after.trouble) return;
  const { target, trouble, reported } = after;
  const cause = trouble || reported?.cause || undefined;
  log.info(
    { ...operationOf(core), target, from, to, incarnation: reported?.incarnation, cause },
    from === to ? 'target is in other trouble' : 'target changed state',
  );
}

const WORDS = {
  opened: 'journal opened',
  led: 'this coordinator leads',
  machine: 'operations are planned by this machine',
  accepted: 'operation accepted',
  waveDone: 'wave done',
  cancelRequested: 'operation is to be cancelled',
  finished: 'operation finished',
  released: 'target settled at last',
  declaredGone: 'target declared gone',
  adopted: 'target adopted',
  runUnclean: 'the run will not end clean',
  runAbandoned: 'the run is abandoned',
} as const satisfies Record<JournalRecord['kind'], string>;

/** The record without what would take a page. */
function factsOf(
  core: Core,
  record: JournalRecord,
): { readonly kind: JournalRecord['kind']; readonly [fact: string]: unknown } {
  if (record.kind === 'finished' || record.kind === 'waveDone' || record.kind === 'cancelRequested') {
    const { number, ...facts } = record;
    return { operationId: idOf(core, number), number, ...facts };
  }
  if (record.kind === 'opened') {
    // Whose it is each line says, where there are several: twice the key would make no JSON.
    const { partition: _, ...facts } = record;
    return facts;
  }
  if (record.kind === 'machine') return { kind: record.kind, machine: record.table.name, hash: record.hash };
  if (record.kind !== 'accepted') return record;
  const { id, number, title, operator, runNumber, steps } = record.operation;
  const run = runNumber === 0 ? undefined : runNumber;
  const facts = {
    operationId: id,
    number,
    title,
    operator,
    run,
    steps: steps.map((step) => step.transition),
  };
  return { kind: record.kind, ...facts };
}

function idOf({ journal }: Core, number: number): string | undefined {
  const known = [journal.open, journal.finished.at(-1)].find((each) => each?.operation.number === number);
  return known?.operation.id;
}

function operationOf({ journal }: Core): { operationId?: string; run?: number } {
  const { open, run } = journal;
  return {
    ...(open === undefined ? {} : { operationId: open.operation.id }),
    ...(run === undefined ? {} : { run: run.number }),
  };
}

/** One word for what is seen of a target. */
function stateOf({ connected, reported }: Observation): string {
  if (!connected || reported === undefined) return 'disconnected';
  if (!reported.attached) return 'detached';
  const state = reported.state === '' ? 'unknown' : reported.state;
  return `${state}${reported.inError ? ' in error' : ''}${reported.leaving ? ' leaving' : ''}`;
}
