// The present wave as it is seen: who has not answered, and what the others answered.

import type {
  Answer,
  Event,
  Fleet,
  JournalState,
  OpenOperation,
  Pending,
  Progress,
  Target,
  Token,
  Trouble,
} from './model.ts';
import { podOf, replacedInPod, targetsOf } from './targets.ts';

/** Why a target is gone whose pod the platform has seen ending. */
export const POD_ENDED = 'its pod ended';

/** Why a target is gone of which an operator says so. */
export const DECLARED_GONE = 'an operator declared that its process has ended';

/** Why a target is gone whose own pod reports another incarnation. */
export const REPLACED = 'its process was replaced, or its sidecar lost its memory';

/** Refusals after which nobody knows whether the request may still be taken: Settle follows. */
const UNSETTLING = new Set(['FENCED', 'GONE', 'BUSY', 'LEAVING', 'FOREIGN']);

/**
 * The wave at which the journal stands, as if nothing had been seen of it; undefined when no operation is
 * open or all its waves are done. Targets that did not execute an earlier step take no part.
 */
export function presentWave(journal: JournalState): Progress | undefined {
  const { open } = journal;
  const wave = open?.operation.steps[open.step]?.waves[open.wave];
  if (open === undefined || wave === undefined) return undefined;
  const out = new Set(open.troubles.map((trouble) => trouble.target));
  const pending = new Map<Target, Pending>();
  for (const { target, ordinal, group } of targetsOf(wave)) {
    const incarnation = open.operation.incarnations[group.segment]?.[ordinal] ?? '';
    if (incarnation === '' || out.has(target)) continue;
    pending.set(target, { incarnation, from: group.from, to: group.to, refusal: '' });
  }
  return { number: open.operation.number, step: open.step, wave: open.wave, phase: 0, pending, troubles: [] };
}

/**
 * Takes an event into the wave, in place: an answer, a settlement, or the proof that an incarnation ended.
 */
export function observeWave(progress: Progress, open: OpenOperation, fleet: Fleet, event: Event): void {
  switch (event.type) {
    case 'answer':
      answered(progress, open, event.target, event.answer);
      return replaced(progress, open, fleet, event.target);
    case 'welcome':
      if (event.foreign) return;
      if (event.last?.answer !== undefined) answered(progress, open, event.target, event.last.answer);
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

/** Ends the wait for a target with a trouble. */
export function giveUpOn(
  progress: Progress,
  open: OpenOperation,
  target: Target,
  kind: Trouble['kind'],
  cause: string,
): void {
  progress.pending.delete(target);
  progress.troubles.push({
    target,
    step: progress.step,
    transition: transitionOf(open),
    kind,
    cause,
    excluded: false,
  });
}

/** The token of the present step. */
export function tokenOf(open: OpenOperation): Token {
  return { operationNumber: open.operation.number, step: open.step, operationId: open.operation.id };
}

function answered(progress: Progress, open: OpenOperation, target: Target, answer: Answer): void {
  const pending = progress.pending.get(target);
  if (pending === undefined || !isPresent(progress, open, answer.token)) return;
  if (answer.kind === 'refused' && UNSETTLING.has(answer.code)) {
    progress.pending.set(target, { ...pending, refusal: `refused ${answer.code}: ${answer.cause}` });
    return;
  }
  if (answer.incarnation !== pending.incarnation) return;
  if (answer.kind !== 'executed') return giveUpOn(progress, open, target, answer.kind, answer.cause);
  progress.pending.delete(target);
}

function settled(progress: Progress, open: OpenOperation, event: Extract<Event, { type: 'settled' }>): void {
  const pending = progress.pending.get(event.target);
  const present = event.operationNumber === progress.number && event.step === progress.step;
  if (pending === undefined || !present || event.incarnation !== pending.incarnation) return;
  // Its hook for this very step still runs: the answer will come, or the deadline.
  if (event.doing !== undefined && isPresent(progress, open, event.doing)) return;
  return giveUpOn(
    progress,
    open,
    event.target,
    'settled',
    pending.refusal || 'it had not begun when it was told to settle',
  );
}

function replaced(progress: Progress, open: OpenOperation, fleet: Fleet, target: Target): void {
  const pending = progress.pending.get(target);
  const now = fleet.get(target)?.reported?.incarnation;
  if (pending === undefined || now === undefined || !replacedInPod(pending.incarnation, now)) return;
  return giveUpOn(progress, open, target, 'gone', REPLACED);
}

function podEnded(progress: Progress, open: OpenOperation, target: Target, pod: string): void {
  const pending = progress.pending.get(target);
  if (pending === undefined || podOf(pending.incarnation) !== pod) return;
  return giveUpOn(progress, open, target, 'gone', POD_ENDED);
}

function isPresent(progress: Progress, open: OpenOperation, token: Token): boolean {
  const { number, step } = progress;
  return token.operationNumber === number && token.step === step && token.operationId === open.operation.id;
}

function transitionOf(open: OpenOperation): string {
  return open.operation.steps[open.step]?.transition ?? '';
}
