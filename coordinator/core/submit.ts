// What clients ask: submit and cancel.

import { type Draft, write } from './draft.ts';
import { ask, beginWave } from './fanout.ts';
import type { Command, Operation } from './model/operation.ts';
import type { Incarnation, OperationId, Target } from './model/partition.ts';
import type { Caller, Event, Instant, Submit } from './model/turn.ts';
import { plan } from './plan/plan.ts';
import { isNamed, type Refusal, refusal, unknownNames } from './plan/planned.ts';
import { DECLARED_GONE, giveUpOn } from './wave.ts';

/**
 * An operation is accepted, or the client is told why not. P7: the same id and command get the same answer,
 * and an id that may have been forgotten is refused rather than guessed.
 */
export function submit(draft: Draft, event: Submit, now: Instant): void {
  const { caller, id, command } = event;
  const { open, finished, forgottenThrough } = draft.journal;
  const known =
    open?.operation.id === id
      ? open.operation
      : finished.find((entry) => entry.operation.id === id)?.operation;
  if (known !== undefined) {
    if (sameCommand(known.command, command)) return respond(draft, caller, id);
    return refuse(
      draft,
      caller,
      refusal('ID_REUSED', `operation ${id} is already known as "${known.title}"; choose another id`),
    );
  }
  if (event.highestSeen < forgottenThrough) return refuse(draft, caller, expired(id, forgottenThrough));
  if (command.kind === 'declareGone') return declareGone(draft, caller, command.targets);
  if (open !== undefined) return refuse(draft, caller, busy(open.operation));
  if (draft.core.hearing.size > 0) {
    draft.waiting = [...draft.waiting, event];
    return;
  }
  const planned = plan(draft.core, command);
  if (planned.kind === 'trouble') return refuse(draft, caller, planned);
  accept(draft, {
    ...planned.operation,
    id,
    number: draft.journal.operationNumber + 1,
    operator: event.operator,
    acceptedAtMs: now.wallMs,
  });
  respond(draft, caller, id);
}

/** Writes `accepted` and begins the first wave: P1, since effects follow the durable records. */
export function accept(draft: Draft, operation: Operation): void {
  const { machine: table, machineHash: hash } = draft.core.partition;
  if (draft.journal.machine?.hash !== hash) write(draft, { kind: 'machine', hash, table });
  write(draft, { kind: 'accepted', operation });
  if (operation.command.kind === 'adopt') adopt(draft, operation.command.targets);
  beginWave(draft);
}

/** P18: from here on no further wave starts; the present one settles. */
export function cancel(draft: Draft, event: Extract<Event, { type: 'cancel' }>): void {
  const { open, finished } = draft.journal;
  if (open !== undefined && (event.id === '' || event.id === open.operation.id)) {
    requestCancel(draft, 'cancelled by an operator');
    return respond(draft, event.caller, open.operation.id);
  }
  const ended = finished.find((entry) => entry.operation.id === event.id);
  if (ended !== undefined) return respond(draft, event.caller, ended.operation.id);
  const sentence =
    event.id === '' ? 'no operation is open: nothing to cancel' : `operation ${event.id} is not known`;
  refuse(draft, event.caller, refusal(event.id === '' ? 'REFUSED' : 'UNKNOWN_ID', sentence));
}

/** Cancels the open operation, once. */
export function requestCancel(draft: Draft, cause: string): void {
  const { open } = draft.journal;
  if (open === undefined || open.cancelRequested) return;
  write(draft, { kind: 'cancelRequested', number: open.operation.number, cause });
  for (const target of draft.progress?.pending.keys() ?? []) ask(draft, target);
}

/** The operator's word that processes have ended: what is awaited of them is given up. */
function declareGone(draft: Draft, caller: Caller, names: readonly string[]): void {
  const strangers = unknownNames(draft.core, names);
  if (strangers !== undefined) return refuse(draft, caller, strangers);
  const awaited = awaitedTargets(draft).filter(({ target }) => {
    const observation = draft.core.fleet.get(target);
    return (
      names.includes(target) || (names.length > 0 && observation !== undefined && isNamed(names, observation))
    );
  });
  if (awaited.length === 0)
    return refuse(
      draft,
      caller,
      refusal('REFUSED', 'nothing is awaited of these targets: nothing to declare'),
    );
  for (const { target, incarnation } of awaited) write(draft, { kind: 'declaredGone', target, incarnation });
  const { open } = draft.journal;
  const { progress } = draft;
  if (open === undefined || progress === undefined)
    return respond(draft, caller, idOf(draft, awaited) ?? NONE_REMEMBERED);
  for (const { target } of awaited) {
    if (progress.pending.has(target))
      giveUpOn(progress, open, target, { kind: 'gone', cause: DECLARED_GONE });
  }
  respond(draft, caller, open.operation.id);
}

function awaitedTargets(draft: Draft): { readonly target: Target; readonly incarnation: Incarnation }[] {
  const pending = [...(draft.progress?.pending ?? [])].map(([target, { incarnation }]) => ({
    target,
    incarnation,
  }));
  const unknown = Object.entries(draft.journal.unknown).map(([target, { incarnation }]) => ({
    target: target as Target,
    incarnation,
  }));
  return [...pending, ...unknown];
}

/** P6: an id is told only if the journal knows it, and the word itself is no operation. */
const NONE_REMEMBERED = '' as OperationId;

/** The finished operation in which the part of these targets was unknown. */
function idOf(draft: Draft, awaited: ReturnType<typeof awaitedTargets>): OperationId | undefined {
  const numbers = awaited.map(({ target }) => draft.core.journal.unknown[target]?.number);
  return draft.journal.finished.findLast(({ operation }) => numbers.includes(operation.number))?.operation.id;
}

function adopt(draft: Draft, names: readonly string[]): void {
  for (const observation of draft.core.fleet.values()) {
    if (observation.foreignJournalId === '' || !isNamed(names, observation)) continue;
    const { target, foreignJournalId } = observation;
    write(draft, { kind: 'adopted', target, fromJournalId: foreignJournalId });
    draft.effects.push({ type: 'connect', target });
  }
}

function busy(open: Operation): Refusal {
  return refusal(
    'BUSY',
    `operation ${open.id} (${open.title}) is open; wait for it, or stop it with: baton cancel ${open.id}`,
  );
}

function expired(id: OperationId, through: number): Refusal {
  return refusal(
    'EXPIRED',
    `operations up to number ${through} are no longer remembered, so whether ${id} was already done cannot be told; look at the present state, then use a new id`,
  );
}

function respond(draft: Draft, caller: Caller, id: OperationId): void {
  draft.effects.push({ type: 'respond', caller, response: { kind: 'operation', id } });
}

function refuse(draft: Draft, caller: Caller, response: Refusal): void {
  draft.effects.push({ type: 'respond', caller, response });
}

/** Commands are compared by their meaning: the order of arguments does not matter. */
function sameCommand(a: Command, b: Command): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
