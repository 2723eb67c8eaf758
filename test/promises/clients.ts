// P5 to P7: what clients can rely on.

import type { JournalState } from '../../coordinator/core/model/journal.ts';
import { type Oracle, PromiseBroken } from './history.ts';
import { lastOf } from './operations.ts';

/** P5 one at a time. */
export function oneAtATime(): Oracle {
  const open = new Map<string, number>();
  return (event) => {
    if (event.kind === 'restored') setOpen(open, event.journalId, event.state.open?.operation.number);
    if (event.kind !== 'journaled') return;
    if (event.record.kind === 'accepted') {
      const before = open.get(event.journalId);
      if (before !== undefined)
        throw new PromiseBroken(
          'P5',
          'At most one operation per partition is open.',
          `operation ${event.record.operation.number} was accepted while ${before} was open`,
        );
      open.set(event.journalId, event.record.operation.number);
    }
    if (event.record.kind === 'finished') open.delete(event.journalId);
  };
}

/** P6 durable answer. */
export function durableAnswer(): Oracle {
  const told = new Map<string, { journalId: string; number: number; outcome: string }>();
  return (event) => {
    if (event.kind === 'accepted')
      told.set(event.id, { journalId: event.journalId, number: event.number, outcome: event.outcome });
    if (event.kind === 'restored') {
      for (const [id, answer] of told) if (answer.number >= lastOf(event.state)) told.delete(id);
    }
    if (event.kind !== 'replayed') return;
    for (const [id, answer] of told) {
      if (answer.journalId !== event.journalId || answer.number <= event.state.forgottenThrough) continue;
      const now = outcomeOf(event.state, id);
      if (now === answer.outcome || (now !== undefined && answer.outcome === 'open')) continue;
      throw new PromiseBroken(
        'P6',
        'If a client was told accepted or an outcome for O, every later leader reports O with that or a later status.',
        `${id} was told as ${answer.outcome}, is now ${now ?? 'unknown'}`,
      );
    }
  };
}

/** P7 idempotent submit. */
export function idempotentSubmit(): Oracle {
  const numberOf = new Map<string, number>();
  const commandOf = new Map<string, string>();
  return (event) => {
    if (event.kind === 'restored')
      for (const [key, n] of numberOf) if (n >= lastOf(event.state)) numberOf.delete(key);
    if (event.kind === 'journaled' && event.record.kind === 'accepted') {
      const { id, number } = event.record.operation;
      const key = `${event.journalId}:${id}`;
      if (numberOf.has(key))
        throw new PromiseBroken(
          'P7',
          'Same id and body: same answer; one older than the retention is refused, no effect.',
          `${id} was accepted as operation ${numberOf.get(key)} and again as ${number}`,
        );
      numberOf.set(key, number);
      commandOf.set(key, JSON.stringify(event.record.operation.command));
    }
    if (event.kind !== 'accepted') return;
    const body = commandOf.get(`${event.journalId}:${event.id}`);
    if (body !== undefined && body !== JSON.stringify(event.command))
      throw new PromiseBroken(
        'P7',
        'Same id, other body: refused, no effect.',
        `${event.id} was answered for another command`,
      );
  };
}

function outcomeOf(state: JournalState, id: string): string | undefined {
  if (state.open?.operation.id === id) return 'open';
  return state.finished.find((entry) => entry.operation.id === id)?.outcome;
}

function setOpen(open: Map<string, number>, journalId: string, number: number | undefined): void {
  if (number === undefined) open.delete(journalId);
  else open.set(journalId, number);
}
