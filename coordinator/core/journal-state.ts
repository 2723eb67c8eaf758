// The only place where durable state changes; used live and in replay, so that both agree by construction.

import { assert, unreachable } from '../../protos/failure/invariant.ts';
import { RUNS_REMEMBERED_MAX } from './limits.ts';
import type { FinishedRun, JournalRecord, JournalState, OpenOperation } from './model/journal.ts';
import type { Operation, Trouble } from './model/operation.ts';
import { segmentOf, troubleSentence } from './policy.ts';
import { remembered } from './remember.ts';

/** Before the first record. */
export const emptyJournal: JournalState = {
  journalId: '',
  partition: '',
  epoch: 0,
  operationNumber: 0,
  runNumber: 0,
  machine: undefined,
  open: undefined,
  operationsRememberedMax: 0,
  operationsInFullMax: 0,
  finished: [],
  forgottenThrough: 0,
  run: undefined,
  runs: [],
  unknown: {},
  excluded: {},
  adopted: {},
};

/** The state after `record`. Throws InvariantViolation when the record cannot follow `state`. */
export function apply(state: JournalState, record: JournalRecord): JournalState {
  switch (record.kind) {
    case 'opened':
      assert(state.journalId === '', 'a journal is opened once');
      return {
        ...state,
        journalId: record.journalId,
        partition: record.partition,
        operationsRememberedMax: record.operationsRememberedMax,
        operationsInFullMax: record.operationsInFullMax,
      };
    case 'led':
      assert(record.epoch > state.epoch, 'P9: the epoch only grows');
      assert(record.operationNumber >= state.operationNumber, 'P9: the operation number never decreases');
      return { ...state, epoch: record.epoch, operationNumber: record.operationNumber };
    case 'machine':
      return { ...state, machine: { hash: record.hash, table: record.table } };
    case 'accepted':
      return accepted(state, record.operation);
    case 'waveDone':
      return waveDone(state, record);
    case 'cancelRequested': {
      const open = requireOpen(state, record.number);
      return { ...state, open: { ...open, cancelRequested: true, cancelCause: record.cause } };
    }
    case 'finished':
      return finished(state, record);
    case 'released':
      return { ...state, unknown: without(state.unknown, record.target) };
    case 'declaredGone':
      return declaredGone(state, record);
    case 'runUnclean':
      return { ...state, run: state.run && { ...state.run, unclean: state.run.unclean || record.cause } };
    case 'runAbandoned':
      return runAbandoned(state, record);
    case 'adopted':
      // Once it has welcomed us the adoption is over: a later stranger is a stranger again.
      if (record.fromJournalId === '') return { ...state, adopted: without(state.adopted, record.target) };
      return { ...state, adopted: { ...state.adopted, [record.target]: record.fromJournalId } };
    default:
      return unreachable(record);
  }
}

/** What is awaited of that life is given up, by this leader and by every later one. */
function declaredGone(
  state: JournalState,
  record: Extract<JournalRecord, { kind: 'declaredGone' }>,
): JournalState {
  const open = state.open && {
    ...state.open,
    declaredGone: [...state.open.declaredGone, record.incarnation],
  };
  return { ...state, open, unknown: without(state.unknown, record.target) };
}

function accepted(state: JournalState, operation: Operation): JournalState {
  assert(state.open === undefined, 'P5: at most one operation is open');
  assert(operation.number === state.operationNumber + 1, 'operation numbers have no gap within one leader');
  const open: OpenOperation = {
    operation,
    step: 0,
    wave: 0,
    troubles: operation.leftOut,
    cancelRequested: false,
    declaredGone: [],
    cancelCause: '',
  };
  const next = {
    ...state,
    operationNumber: operation.number,
    open,
    excluded: excludedAfter(state, operation),
  };
  if (operation.startsRunAt === undefined) return next;
  const run = {
    number: operation.runNumber,
    startedAtMs: operation.acceptedAtMs,
    incarnations: operation.incarnations,
    unclean: '',
  };
  return { ...endedUnseen(next, operation.acceptedAtMs), runNumber: operation.runNumber, run };
}

/** Who takes part again is no longer excluded; who was left out by policy is from now on. */
function excludedAfter(state: JournalState, operation: Operation): JournalState['excluded'] {
  // Recover brings a target out of error, not to where the others are.
  const returns = (target: string) => operation.command.kind !== 'recover' && takesPart(operation, target);
  const back = Object.entries(state.excluded).filter(([target]) => !returns(target));
  const out = operation.leftOut
    .filter((trouble) => trouble.excluded)
    .map((t) => [t.target, t.cause] as const);
  return Object.fromEntries([...back, ...out]);
}

function takesPart(operation: Operation, target: string): boolean {
  const { segment, ordinal } = segmentOf(target);
  return (operation.incarnations[segment]?.[ordinal] ?? '') !== '';
}

/** A run that was open when the next one starts: nobody saw its end. */
function endedUnseen(state: JournalState, atMs: number): JournalState {
  if (state.run === undefined) return state;
  const { number, startedAtMs } = state.run;
  return endRun(state, { number, clean: false, cause: 'its end was not seen', startedAtMs, endedAtMs: atMs });
}

function runAbandoned(
  state: JournalState,
  { run, atMs }: Extract<JournalRecord, { kind: 'runAbandoned' }>,
): JournalState {
  assert(state.run?.number === run.number, 'only the open run is abandoned');
  return endRun(state, { ...run, startedAtMs: state.run.startedAtMs, endedAtMs: atMs });
}

function waveDone(state: JournalState, record: Extract<JournalRecord, { kind: 'waveDone' }>): JournalState {
  const open = requireOpen(state, record.number);
  assert(record.step === open.step && record.wave === open.wave, 'P4: waves are done in order');
  const waves = open.operation.steps[open.step]?.waves.length ?? 0;
  const position =
    open.wave + 1 < waves ? { step: open.step, wave: open.wave + 1 } : { step: open.step + 1, wave: 0 };
  const troubles = [...open.troubles, ...record.troubles];
  return {
    ...state,
    open: { ...open, ...position, troubles },
    unknown: { ...state.unknown, ...unknownAfter(open.operation, record) },
    excluded: { ...state.excluded, ...excludedBy(open.operation, record.troubles) },
  };
}

function unknownAfter(
  operation: Operation,
  { number, step, troubles }: Extract<JournalRecord, { kind: 'waveDone' }>,
): JournalState['unknown'] {
  const unknown = troubles.filter((trouble) => trouble.kind === 'unknown');
  return Object.fromEntries(
    unknown.map(({ target }) => {
      const { segment, ordinal } = segmentOf(target);
      const incarnation = operation.incarnations[segment]?.[ordinal];
      assert(incarnation !== undefined && incarnation !== '', 'only a target that takes part has a trouble');
      return [target, { incarnation, number, step }];
    }),
  );
}

function excludedBy(operation: Operation, troubles: readonly Trouble[]): JournalState['excluded'] {
  const out = troubles.filter(
    (t) => t.excluded && operation.policies[segmentOf(t.target).segment]?.critical === false,
  );
  return Object.fromEntries(out.map((trouble) => [trouble.target, trouble.cause]));
}

function finished(state: JournalState, record: Extract<JournalRecord, { kind: 'finished' }>): JournalState {
  const open = requireOpen(state, record.number);
  return runAfter({ ...state, open: undefined, ...remembered(state, open, record) }, open, record);
}

function runAfter(
  state: JournalState,
  open: OpenOperation,
  record: Extract<JournalRecord, { kind: 'finished' }>,
): JournalState {
  const { run } = state;
  if (run === undefined) return state;
  if (record.run !== undefined) {
    return endRun(state, { ...record.run, startedAtMs: run.startedAtMs, endedAtMs: record.atMs });
  }
  // P16: whatever went wrong while the run was open, its end cannot be called clean.
  const trouble = open.troubles[0];
  if (run.unclean !== '' || trouble === undefined) return state;
  return { ...state, run: { ...run, unclean: troubleSentence(trouble, open.troubles.length - 1) } };
}

function endRun(state: JournalState, run: FinishedRun): JournalState {
  return { ...state, run: undefined, runs: [...state.runs, run].slice(-RUNS_REMEMBERED_MAX) };
}

function requireOpen(state: JournalState, number: number): OpenOperation {
  assert(state.open?.operation.number === number, `operation ${number} is open`);
  return state.open;
}

function without<T>(map: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = map;
  return rest;
}
