// P1 to P4 and P18: what the coordinator promises about the order of what it does.

import type { JournalState } from '../../coordinator/core/model/journal.ts';
import type { Operation, Trouble } from '../../coordinator/core/model/operation.ts';
import { targetsOf } from '../../coordinator/core/targets.ts';
import { type HistoryEvent, type Oracle, PromiseBroken, stepKey } from './history.ts';

/** P1 write-ahead. */
export function writeAhead(): Oracle {
  const accepted = new Set<string>();
  const check = (journalId: string, number: number, id: string, what: string) => {
    if (accepted.has(`${journalId}:${number}:${id}`)) return;
    throw new PromiseBroken(
      'P1',
      'No sidecar receives a request of operation O before accepted(O) is durable.',
      `${what} of operation ${number} (${id})`,
    );
  };
  return (event) => {
    if (event.kind === 'journaled' && event.record.kind === 'accepted') {
      const { number, id } = event.record.operation;
      accepted.add(`${event.journalId}:${number}:${id}`);
    }
    if (event.kind === 'requested')
      check(
        event.journalId,
        event.token.operationNumber,
        event.token.operationId,
        `request to ${event.target}`,
      );
    if (event.kind === 'hookStarted' && event.journalId !== '')
      check(event.journalId, event.token.operationNumber, event.token.operationId, `hook at ${event.target}`);
  };
}

/** P2 effect at most once. */
export function atMostOnce(): Oracle {
  const started = new Set<string>();
  return (event) => {
    if (event.kind !== 'hookStarted' || event.journalId === '') return;
    const key = `${stepKey(event.journalId, event.token)}:${event.token.operationId}:${event.life}`;
    if (started.has(key)) {
      throw new PromiseBroken(
        'P2',
        'For one (journal, operation number, step, incarnation) the process hook starts at most once.',
        `${event.transition} at ${event.target}, ${key}`,
      );
    }
    started.add(key);
  };
}

/** P3 closed is closed. */
export function closedIsClosed(): Oracle {
  const unknownOf = new Map<string, ReadonlySet<string>>();
  // What was sent on the line of records that a restored copy does not have, nobody can close.
  const lost = new Set<string>();
  const restored = new Set<string>();
  const ids = new Map<string, string>();
  return (event) => {
    if (event.kind === 'journaled' && event.record.kind === 'accepted') {
      ids.set(`${event.journalId}:${event.record.operation.number}`, event.record.operation.id);
    }
    if (event.kind === 'journaled' && event.record.kind === 'finished') {
      unknownOf.set(`${event.journalId}:${event.record.number}`, new Set(event.record.unknown));
    }
    if (event.kind === 'restored') {
      forget(unknownOf, event.journalId, event.state);
      lost.add(`${event.journalId}:${event.state.open?.operation.number}`);
      restored.add(event.journalId);
    }
    if (event.kind !== 'hookStarted' || event.journalId === '') return;
    const unknown = unknownOf.get(`${event.journalId}:${event.token.operationNumber}`);
    const key = `${event.journalId}:${event.token.operationNumber}`;
    // Its number was given again to the operation that is closed.
    const isAnother = restored.has(event.journalId) && ids.get(key) !== event.token.operationId;
    const excused = lost.has(key) || isAnother;
    if (unknown === undefined || unknown.has(event.target) || excused) return;
    throw new PromiseBroken(
      'P3',
      'Once finished(O) is durable, no hook of O starts, except at targets which that record names unknown.',
      `${event.transition} of operation ${event.token.operationNumber} at ${event.target}`,
    );
  };
}

/** P4 order, and the truth of `waveDone`. */
export function order(): Oracle {
  const open = new Map<string, Position>();
  const executed = new Set<string>();
  return (event) => {
    if (event.kind === 'restored') resume(open, event.journalId, event.state);
    if (event.kind === 'answered' && event.answer === 'executed') executed.add(executedKey(event));
    if (event.kind === 'journaled' && event.record.kind === 'accepted') {
      const { operation } = event.record;
      open.set(event.journalId, {
        operation,
        step: 0,
        wave: 0,
        troubles: operation.leftOut,
      });
    }
    if (event.kind === 'journaled' && event.record.kind === 'waveDone') waveDone(open, executed, event);
    if (event.kind === 'requested') inPresentWave(open, event);
  };
}

const P4 =
  'No request of wave n+1 is sent before waveDone(n) is durable, naming every target not executed and the decision to go on.';

type Position = {
  readonly operation: Operation;
  step: number;
  wave: number;
  troubles: readonly Trouble[];
};

function waveDone(
  open: Map<string, Position>,
  executed: ReadonlySet<string>,
  event: Extract<HistoryEvent, { kind: 'journaled' }>,
): void {
  const at = open.get(event.journalId);
  if (at === undefined || event.record.kind !== 'waveDone') return;
  const { step, wave, troubles, number } = event.record;
  const stopPath = at.operation.steps[step]?.stopPath === true;
  // Who failed a stop step and stands where it leads is awaited in the next, and named again if it fails that.
  const earlier = at.troubles.filter((trouble) => !(trouble.stopsOn === true && stopPath));
  const out = new Set([...earlier, ...troubles].map((trouble) => trouble.target));
  at.troubles = [...at.troubles, ...troubles];
  for (const { target, ordinal, group } of targetsOf(at.operation.steps[step]?.waves[wave] ?? [])) {
    const incarnation = at.operation.incarnations[group.segment]?.[ordinal] ?? '';
    if (out.has(target) || executed.has(`${number}:${step}:${at.operation.id}:${incarnation}`)) continue;
    throw new PromiseBroken(
      'P4',
      P4,
      `${target} did not execute step ${step} of operation ${number} and is not named`,
    );
  }
  const waves = at.operation.steps[step]?.waves.length ?? 0;
  [at.step, at.wave] = wave + 1 < waves ? [step, wave + 1] : [step + 1, 0];
}

function inPresentWave(
  open: ReadonlyMap<string, Position>,
  event: Extract<HistoryEvent, { kind: 'requested' }>,
): void {
  const at = open.get(event.journalId);
  if (at === undefined || at.operation.number !== event.token.operationNumber) return;
  const present =
    event.token.step === at.step &&
    [...targetsOf(at.operation.steps[at.step]?.waves[at.wave] ?? [])].some((t) => t.target === event.target);
  // A leader that was superseded may still send what was present when it led.
  const earlier = event.token.step < at.step || isEarlierWave(at, event);
  if (present || earlier) return;
  throw new PromiseBroken(
    'P4',
    P4,
    `${event.target} was asked for step ${event.token.step} while the journal is at step ${at.step} wave ${at.wave}`,
  );
}

function isEarlierWave(
  at: { operation: Operation; step: number; wave: number },
  event: Extract<HistoryEvent, { kind: 'requested' }>,
): boolean {
  const waves = at.operation.steps[event.token.step]?.waves.slice(0, at.wave) ?? [];
  return (
    event.token.step === at.step &&
    waves.some((wave) => [...targetsOf(wave)].some((t) => t.target === event.target))
  );
}

function executedKey({ token, incarnation }: Extract<HistoryEvent, { kind: 'answered' }>): string {
  return `${token.operationNumber}:${token.step}:${token.operationId}:${incarnation}`;
}

/** P18 cancel. */
export function cancelEnds(): Oracle {
  const cancelled = new Map<string, { step: number; wave: number }>();
  const position = new Map<string, { step: number; wave: number; operation: Operation }>();
  return (event) => {
    if (event.kind === 'restored') {
      cancelled.clear();
      const { open } = event.state;
      if (open !== undefined)
        position.set(event.journalId, { step: open.step, wave: open.wave, operation: open.operation });
    }
    if (event.kind === 'journaled') {
      const { record, journalId } = event;
      if (record.kind === 'accepted')
        position.set(journalId, { step: 0, wave: 0, operation: record.operation });
      if (record.kind === 'waveDone') moveOn(position, journalId, record);
      const at = position.get(journalId);
      if (record.kind === 'cancelRequested' && at !== undefined)
        cancelled.set(`${journalId}:${record.number}`, { ...at });
      const wasCancelled = record.kind === 'finished' && cancelled.has(`${journalId}:${record.number}`);
      if (wasCancelled && record.outcome !== 'cancelled')
        throw new PromiseBroken('P18', P18, `operation ${record.number} ended ${record.outcome}`);
    }
    if (event.kind !== 'requested') return;
    const at = cancelled.get(`${event.journalId}:${event.token.operationNumber}`);
    if (at !== undefined && event.token.step > at.step)
      throw new PromiseBroken(
        'P18',
        P18,
        `${event.target} was asked for step ${event.token.step} after the cancel at step ${at.step}`,
      );
  };
}

const P18 = 'After the cancel is durable no further wave starts; the operation ends cancelled.';

function moveOn(
  position: Map<string, { step: number; wave: number; operation: Operation }>,
  journalId: string,
  { step, wave }: { readonly step: number; readonly wave: number },
): void {
  const at = position.get(journalId);
  if (at === undefined) return;
  const waves = at.operation.steps[step]?.waves.length ?? 0;
  const next = wave + 1 < waves ? { step, wave: wave + 1 } : { step: step + 1, wave: 0 };
  position.set(journalId, { ...next, operation: at.operation });
}

/** Operations from this number on are not certain in a restored copy. */
export function lastOf(state: JournalState): number {
  return state.open?.operation.number ?? state.operationNumber + 1;
}

function forget(unknownOf: Map<string, ReadonlySet<string>>, journalId: string, state: JournalState): void {
  for (const key of unknownOf.keys()) {
    const [journal, number] = key.split(':');
    if (journal === journalId && Number(number) >= lastOf(state)) unknownOf.delete(key);
  }
}

function resume(open: Map<string, Position>, journalId: string, state: JournalState): void {
  if (state.open === undefined) open.delete(journalId);
  else {
    const { operation, step, wave, troubles } = state.open;
    open.set(journalId, { operation, step, wave, troubles });
  }
}
