// Taking the lead, and what a sidecar's Welcome may change about it.

import { type Draft, send, write } from './draft.ts';
import { ask, beginWave } from './fanout.ts';
import { forgetLeaver, verdictDue } from './leave.ts';
import { OPERATIONS_IN_FULL_MAX, OPERATIONS_REMEMBERED_MAX } from './limits.ts';
import type { Target } from './model/partition.ts';
import type { PodFacts } from './model/picture.ts';
import type { Event } from './model/turn.ts';
import { podOf, replacedInPod } from './targets.ts';

/** A new epoch, durable before the first Hello. The open operation goes on as it was frozen. */
export function lead(draft: Draft, newJournalId: string): void {
  const { journalId, epoch, operationNumber } = draft.journal;
  if (journalId === '') {
    write(draft, {
      kind: 'opened',
      journalId: newJournalId,
      partition: draft.core.partition.name,
      operationsRememberedMax: OPERATIONS_REMEMBERED_MAX,
      operationsInFullMax: OPERATIONS_IN_FULL_MAX,
    });
  }
  write(draft, { kind: 'led', epoch: epoch + 1, operationNumber });
  draft.effects.push({ type: 'connectAll' });
  beginWave(draft);
}

/**
 * A sidecar is there. One that has seen a higher epoch or operation number under our journal shows that
 * this journal is an old copy: the epoch and the numbers go above all that is known.
 */
export function welcomed(draft: Draft, event: Extract<Event, { type: 'welcome' }>): void {
  const { epoch, operationNumber } = draft.journal;
  if (event.foreign) return;
  const { fence } = event;
  if (
    event.journalId === draft.journal.journalId &&
    (fence.epoch > epoch || fence.operationNumber > operationNumber)
  ) {
    const known = Math.max(operationNumber, fence.operationNumber);
    write(draft, { kind: 'led', epoch: Math.max(epoch, fence.epoch) + 1, operationNumber: known });
    draft.effects.push({ type: 'connectAll' });
    return;
  }
  if (draft.journal.adopted[event.target] !== undefined) {
    write(draft, { kind: 'adopted', target: event.target, fromJournalId: '' });
  }
  if (isWorthTelling(draft.core.fleet.get(event.target)?.podFacts)) tellPodFacts(draft, event.target);
  // Its preStop was called while nobody listened: it still waits for a verdict, or for its return to service.
  if (event.state.leaving) verdictDue(draft, event.target);
  else forgetLeaver(draft, event.target);
  if (draft.progress?.pending.has(event.target)) ask(draft, event.target);
  settleUnknown(draft, event.target);
}

function isWorthTelling(facts: PodFacts | undefined): boolean {
  return facts !== undefined && (facts.sentence !== '' || facts.restarts > 0);
}

/** Tells a sidecar what only the platform knows of its pod, unless that is known of another pod of this name. */
export function tellPodFacts(draft: Draft, target: Target): void {
  const observation = draft.core.fleet.get(target);
  if (observation?.connected !== true) return;
  const { podFacts, pod, reported } = observation;
  const present = podOf(reported?.incarnation ?? '');
  if (present !== '' && present !== pod) return;
  const { sentence, restarts } = podFacts;
  send(draft, target, { type: 'podFacts', sentence, restarts });
}

/** P3: a target whose part is unknown gets Settle until it acknowledges, or its incarnation is gone. */
export function settleUnknown(draft: Draft, target: Target): void {
  const part = draft.journal.unknown[target];
  if (part === undefined) return;
  const observation = draft.core.fleet.get(target);
  const now = observation?.reported?.incarnation ?? '';
  if (replacedInPod(part.incarnation, now)) write(draft, { kind: 'released', target });
  else if (observation?.connected)
    send(draft, target, { type: 'settle', operationNumber: part.number, step: part.step });
}

/** The end of its pod, confirmed by the platform, releases a target as well. */
export function releaseEnded(draft: Draft, target: Target): void {
  const part = draft.journal.unknown[target];
  const observation = draft.core.fleet.get(target);
  if (part === undefined || observation === undefined) return;
  if (observation.endedPods.includes(podOf(part.incarnation))) write(draft, { kind: 'released', target });
}

/** An acknowledgement with no hook running releases the target. */
export function releaseSettled(draft: Draft, event: Extract<Event, { type: 'settled' }>): void {
  const part = draft.journal.unknown[event.target];
  if (part === undefined || part.incarnation !== event.incarnation || event.doing !== undefined) return;
  if (event.operationNumber !== part.number || event.step !== part.step) return;
  write(draft, { kind: 'released', target: event.target });
}
