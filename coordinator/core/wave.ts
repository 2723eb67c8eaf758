// The present wave as it is seen: who has not answered, and what the others answered.

import type { JournalState, OpenOperation } from './model/journal.ts';
import type { Step, Trouble } from './model/operation.ts';
import type { Target } from './model/partition.ts';
import type { Answer, Fleet, Pending, Progress, ReportedState, Token } from './model/picture.ts';
import type { Event } from './model/turn.ts';
import { podOf, replacedInPod, targetsOf } from './targets.ts';

/** Why a target is gone whose pod the platform has seen ending. */
export const POD_ENDED = 'its pod ended';

/** Why a target is gone of which an operator says so. */
export const DECLARED_GONE = 'an operator declared that its process has ended';

/** Why a target is gone whose own pod reports another incarnation. */
export const REPLACED = 'its process was replaced, or its sidecar lost its memory';

/** Refusals after which nobody knows whether the request may still be taken: Settle follows. */
const UNSETTLING = new Set(['FENCED', 'GONE', 'BUSY', 'LEAVING']);

/**
 * The wave at which the journal stands, as if nothing had been seen of it; undefined when no operation is
 * open or all its waves are done. Targets that did not execute an earlier step take no part, but for those
 * that go on down the stop path.
 */
export function presentWave(journal: JournalState): Progress | undefined {
  const { open } = journal;
  const step = open?.operation.steps[open.step];
  const wave = step?.waves[open?.wave ?? 0];
  if (open === undefined || step === undefined || wave === undefined) return undefined;
  const out = new Set(open.troubles.filter((t) => !takesOn(t, step)).map((trouble) => trouble.target));
  const pending = new Map<Target, Pending>();
  for (const { target, ordinal, group } of targetsOf(wave)) {
    const incarnation = open.operation.incarnations[group.segment]?.[ordinal] ?? '';
    if (incarnation === '' || out.has(target)) continue;
    pending.set(target, { incarnation, from: group.from, to: group.to, refusal: '' });
  }
  return { number: open.operation.number, step: open.step, wave: open.wave, phase: 0, pending, troubles: [] };
}

/** True when the target of `trouble` takes `step` all the same. */
export function takesOn(trouble: Pick<Trouble, 'stopsOn'>, step: Pick<Step, 'stopPath'>): boolean {
  return trouble.stopsOn === true && step.stopPath;
}

/**
 * Takes an event into the wave, in place: an answer, a settlement, or the proof that an incarnation ended.
 */
export function observeWave(progress: Progress, open: OpenOperation, fleet: Fleet, event: Event): void {
  switch (event.type) {
    case 'answer':
      answered(progress, open, fleet, event);
      return replaced(progress, open, fleet, event.target);
    case 'welcome':
      if (event.foreign) return;
      if (event.last?.answer !== undefined)
        answered(progress, open, fleet, { target: event.target, answer: event.last.answer });
      return replaced(progress, open, fleet, event.target);
    case 'state':
      return replaced(progress, open, fleet, event.target);
    case 'settled':
      return settled(progress, open, event);
    case 'pod':
      if (event.phase === 'ended') podEnded(progress, open, event.target, event.pod);
      return;
    default:
      return;
  }
}

type Why = Pick<Trouble, 'kind' | 'cause' | 'stopsOn'>;

/** Ends the wait for a target with a trouble. */
export function giveUpOn(progress: Progress, open: OpenOperation, target: Target, why: Why): void {
  progress.pending.delete(target);
  progress.troubles.push({
    target,
    step: progress.step,
    transition: open.operation.steps[open.step]?.transition ?? '',
    ...why,
    excluded: false,
  });
}

/** The token of the present step. */
export function tokenOf(open: OpenOperation): Token {
  return { operationNumber: open.operation.number, step: open.step, operationId: open.operation.id };
}

type Answered = { readonly target: Target; readonly answer: Answer };

function answered(progress: Progress, open: OpenOperation, fleet: Fleet, { target, answer }: Answered): void {
  const pending = progress.pending.get(target);
  if (pending === undefined || !isPresent(progress, open, answer.token)) return;
  if (answer.kind === 'refused' && UNSETTLING.has(answer.code)) {
    progress.pending.set(target, { ...pending, refusal: `refused ${answer.code}: ${answer.cause}` });
    return;
  }
  if (answer.incarnation !== pending.incarnation) return;
  if (answer.kind === 'executed') {
    progress.pending.delete(target);
    return;
  }
  const { kind, cause } = answer;
  const stops = open.operation.steps[open.step]?.stopPath === true && kind === 'failed';
  const arrived = stops && hasArrived(fleet.get(target)?.reported, pending);
  giveUpOn(progress, open, target, { kind, cause, ...(arrived ? { stopsOn: true } : {}) });
}

/** Rule 6: what it failed to do is over for it, since it says that it is where the step leads. */
function hasArrived(reported: ReportedState | undefined, { incarnation, to }: Pending): boolean {
  return reported?.incarnation === incarnation && reported.state === to;
}

function settled(progress: Progress, open: OpenOperation, event: Extract<Event, { type: 'settled' }>): void {
  const pending = progress.pending.get(event.target);
  const present = event.operationNumber === progress.number && event.step === progress.step;
  if (pending === undefined || !present || event.incarnation !== pending.incarnation) return;
  // Its hook for this very step still runs: the answer will come, or the deadline.
  if (event.doing !== undefined && isPresent(progress, open, event.doing)) return;
  return giveUpOn(progress, open, event.target, {
    kind: 'settled',
    cause: pending.refusal || 'it had not begun when it was told to settle',
  });
}

function replaced(progress: Progress, open: OpenOperation, fleet: Fleet, target: Target): void {
  const pending = progress.pending.get(target);
  const now = fleet.get(target)?.reported?.incarnation;
  if (pending === undefined || now === undefined || !replacedInPod(pending.incarnation, now)) return;
  return giveUpOn(progress, open, target, { kind: 'gone', cause: REPLACED });
}

function podEnded(progress: Progress, open: OpenOperation, target: Target, pod: string): void {
  const pending = progress.pending.get(target);
  if (pending === undefined || podOf(pending.incarnation) !== pod) return;
  return giveUpOn(progress, open, target, { kind: 'gone', cause: POD_ENDED });
}

function isPresent(progress: Progress, open: OpenOperation, token: Token): boolean {
  const { number, step } = progress;
  return token.operationNumber === number && token.step === step && token.operationId === open.operation.id;
}
