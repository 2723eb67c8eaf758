// Asking, asking again, settling, judging: one wave after the other.

import { assert } from '../../protos/failure/invariant.ts';
import { TIMEOUT_MS_MAX } from '../../protos/machine/limits.ts';
import { type Draft, send, write } from './draft.ts';
import { ANSWER_MARGIN_MS, REASK_MS } from './limits.ts';
import type { OpenOperation, RunEnd } from './model/journal.ts';
import type { Outcome, Step } from './model/operation.ts';
import type { Incarnation, Target } from './model/partition.ts';
import type { Pending, Progress } from './model/picture.ts';
import type { Deadline, Instant } from './model/turn.ts';
import { firstFailure, judgeWave, recorded, troubleSentence } from './policy.ts';
import { runEndOf } from './run.ts';
import { podOf, replacedInPod } from './targets.ts';
import { DECLARED_GONE, giveUpOn, POD_ENDED, presentWave, REPLACED, tokenOf } from './wave.ts';

/** Asks the present wave's targets for the first time since this coordinator leads. */
export function beginWave(draft: Draft): void {
  draft.progress = presentWave(draft.journal);
  const { open } = draft.journal;
  if (draft.progress === undefined || open === undefined) return;
  for (const [target, { incarnation }] of [...draft.progress.pending]) {
    const gone = whyGone(draft, target, incarnation);
    if (gone === undefined) ask(draft, target);
    else giveUpOn(draft.progress, open, target, { kind: 'gone', cause: gone });
  }
  if (draft.progress.pending.size === 0) return;
  arm(draft, draft.progress, (open.operation.steps[open.step]?.budgetMs ?? 0) + ANSWER_MARGIN_MS);
}

/** What is already known to have ended is not asked. */
function whyGone(draft: Draft, target: Target, incarnation: Incarnation): string | undefined {
  const observation = draft.core.fleet.get(target);
  if (draft.journal.open?.declaredGone.includes(incarnation)) return DECLARED_GONE;
  if (replacedInPod(incarnation, observation?.reported?.incarnation ?? '')) return REPLACED;
  return observation?.endedPods.includes(podOf(incarnation)) === true ? POD_ENDED : undefined;
}

/**
 * Asks one target of the present wave: again with the same token, or to settle once the operation was
 * cancelled, the target turned the request away, or the time is up.
 */
export function ask(draft: Draft, target: Target): void {
  const { progress, core, journal } = draft;
  const { open } = journal;
  const pending = progress?.pending.get(target);
  if (progress === undefined || open === undefined || pending === undefined) return;
  if (core.fleet.get(target)?.connected !== true) return;
  if (open.cancelRequested || pending.refusal !== '' || progress.phase === 2) {
    send(draft, target, { type: 'settle', operationNumber: progress.number, step: progress.step });
  } else {
    send(draft, target, { type: 'request', request: requestOf(open, pending) });
  }
}

/** A wave took longer than it may: it is asked again, then told to settle, then what is silent is unknown. */
export function deadlineDue(draft: Draft, deadline: Deadline): void {
  const { open } = draft.journal;
  const { progress } = draft;
  if (open === undefined || progress === undefined || !isOf(deadline, progress)) return;
  if (progress.phase === 2) {
    for (const target of [...progress.pending.keys()]) {
      giveUpOn(progress, open, target, { kind: 'unknown', cause: 'it did not answer in time' });
    }
    return;
  }
  progress.phase = progress.phase === 0 ? 1 : 2;
  for (const target of progress.pending.keys()) {
    if (progress.phase === 1 && draft.core.fleet.get(target)?.connected === true) {
      send(draft, target, { type: 'giveUp', operationNumber: progress.number, step: progress.step });
    }
    ask(draft, target);
  }
  arm(draft, progress, REASK_MS);
}

/** While the present wave awaits nobody: judge it, and begin the next or end the operation. */
export function advance(draft: Draft, now: Instant): void {
  while (draft.journal.open !== undefined && (draft.progress?.pending.size ?? 0) === 0) {
    const { open } = draft.journal;
    if (draft.progress === undefined) endOperation(draft, open, now);
    else endWave(draft, open, draft.progress, now);
  }
}

function endWave(draft: Draft, open: OpenOperation, progress: Progress, now: Instant): void {
  const step = open.operation.steps[open.step];
  assert(step !== undefined, 'a present wave belongs to a step');
  const { troubles, goesOn } = judgeWave(open, step, progress.troubles);
  const { number, wave } = progress;
  write(draft, { kind: 'waveDone', number, step: progress.step, wave, troubles: recorded(troubles) });
  const after = draft.journal.open;
  assert(after !== undefined, 'waveDone leaves the operation open');
  if (after.cancelRequested || !goesOn) endOperation(draft, after, now);
  else beginWave(draft);
}

function endOperation(draft: Draft, open: OpenOperation, now: Instant): void {
  const failure = firstFailure(open);
  const outcome: Outcome = open.cancelRequested
    ? 'cancelled'
    : failure === undefined
      ? 'succeeded'
      : 'failed';
  const cause =
    outcome === 'cancelled'
      ? open.cancelCause
      : failure === undefined
        ? ''
        : troubleSentence(failure, open.troubles.length - 1);
  const { number } = open.operation;
  const unknown = Object.entries(draft.journal.unknown).filter(([, part]) => part.number === number);
  const run: RunEnd | undefined = runEndOf({ ...draft.core, journal: draft.journal }, open, outcome);
  write(draft, {
    kind: 'finished',
    number,
    outcome,
    cause,
    atMs: now.wallMs,
    unknown: unknown.map(([target]) => target as Target),
    ...(run === undefined ? {} : { run }),
  });
  draft.progress = undefined;
  for (const [target, { step }] of unknown) {
    send(draft, target as Target, { type: 'settle', operationNumber: number, step });
  }
}

function requestOf(
  open: OpenOperation,
  pending: Pending,
): Extract<Parameters<typeof send>[2], { type: 'request' }>['request'] {
  const step: Step | undefined = open.operation.steps[open.step];
  assert(step !== undefined, 'a present wave belongs to a step');
  return {
    token: tokenOf(open),
    incarnation: pending.incarnation,
    machineHash: open.operation.machineHash,
    transition: step.transition,
    arguments: step.arguments,
    from: pending.from,
    to: pending.to,
    budgetMs: step.budgetMs,
    stopPath: step.stopPath,
    runNumber: open.operation.runNumber,
  };
}

function arm(draft: Draft, { number, step, wave, phase }: Progress, afterMs: number): void {
  draft.effects.push({
    type: 'arm',
    deadline: { number, step, wave, phase },
    afterMs: Math.min(afterMs, TIMEOUT_MS_MAX),
  });
}

function isOf(deadline: Deadline, progress: Progress): boolean {
  return (
    deadline.number === progress.number &&
    deadline.step === progress.step &&
    deadline.wave === progress.wave &&
    deadline.phase === progress.phase
  );
}
