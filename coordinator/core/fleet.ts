// The picture of the targets: the last observation of each, never an inference from what was sent (P10).

import { ENDED_PODS_MAX } from './limits.ts';
import type { Target } from './model/partition.ts';
import type { Fleet, Observation, PodFacts, PodPhase, ReportedState } from './model/picture.ts';
import type { Event, Instant } from './model/turn.ts';
import { segmentOf } from './policy.ts';
import { podOf } from './targets.ts';

/** These targets, in this order: what is known of them stays, of the others nothing is known yet. */
export function fleetOf(targets: readonly Target[], known: Fleet): Fleet {
  return new Map(targets.map((target) => [target, known.get(target) ?? unseen(target)]));
}

const NO_FACTS: PodFacts = { sentence: '', node: '', restarts: 0 };

function unseen(target: Target): Observation {
  return {
    target,
    ...segmentOf(target),
    connected: false,
    trouble: 'not connected yet',
    foreignJournalId: '',
    machineHash: '',
    reported: undefined,
    observedAtMs: 0,
    podPhase: 'unreported',
    podFacts: NO_FACTS,
    pod: '',
    endedPods: [],
  };
}

/** Takes an event into the picture. Events of targets that the document does not have change nothing. */
export function observeFleet(fleet: Fleet, event: Event, now: Instant): void {
  switch (event.type) {
    case 'welcome':
      change(fleet, event.target, now, {
        connected: true,
        trouble: event.foreign
          ? `another journal (${event.journalId}) commands it; take it over with: baton adopt`
          : '',
        foreignJournalId: event.foreign ? event.journalId : '',
        machineHash: event.machineHash,
        reported: event.state,
      });
      break;
    case 'disconnected':
      disconnect(fleet, event.target, event.cause, now);
      break;
    case 'state':
    case 'answer':
      changeState(fleet, event.target, now, event.state);
      break;
    case 'pod':
      changePod(fleet, event);
      break;
    default:
      return;
  }
}

/** True while the state of the target is an observation of now: connected, ours, attached and known. */
export function isKnown(observation: Observation): observation is Reported {
  return observation.connected && isTold(observation);
}

/**
 * True while a target was known, its stream is closed, and the platform keeps its pod: its sidecar is being
 * started again, or the wire is broken for a while. Where it is nobody knows, but whom to ask.
 */
export function isReturning(observation: Observation): observation is Reported {
  const phase = podPhaseOf(observation);
  return !observation.connected && isTold(observation) && (phase === 'running' || phase === 'deleting');
}

type Reported = Observation & { readonly reported: ReportedState };

function isTold({ foreignJournalId, reported }: Observation): boolean {
  return foreignJournalId === '' && reported?.attached === true && reported.state !== '';
}

/** The platform's word on the pod of the present process; `unreported` when it spoke of another one. */
export function podPhaseOf(observation: Observation): PodPhase {
  const pod = podOf(observation.reported?.incarnation ?? '');
  return pod === observation.pod ? observation.podPhase : 'unreported';
}

/** True once the platform has spoken of a pod of the target. */
export function isPodKnown(observation: Observation | undefined): boolean {
  return observation !== undefined && observation.pod !== '';
}

function change(fleet: Fleet, target: Target, now: Instant, changed: Partial<Observation>): void {
  const before = fleet.get(target);
  if (before !== undefined) fleet.set(target, { ...before, ...changed, observedAtMs: now.monotonicMs });
}

/** A sidecar under another journal ends our stream: why stays more telling than that it ended. */
function disconnect(fleet: Fleet, target: Target, cause: string, now: Instant): void {
  const before = fleet.get(target);
  const trouble = before !== undefined && before.foreignJournalId !== '' ? before.trouble : cause;
  change(fleet, target, now, { connected: false, trouble });
}

function changeState(fleet: Fleet, target: Target, now: Instant, reported: ReportedState): void {
  const before = fleet.get(target);
  if (before === undefined || !before.connected) return;
  // A stream begins with Welcome, and on it numbers only grow: what comes late, or again, is not news.
  if (before.reported !== undefined && reported.stateNumber <= before.reported.stateNumber) return;
  fleet.set(target, { ...before, reported, observedAtMs: now.monotonicMs });
}

function changePod(fleet: Fleet, { target, pod, phase, facts }: Extract<Event, { type: 'pod' }>): void {
  const before = fleet.get(target);
  if (before === undefined) return;
  const ended = phase === 'ended' ? [pod] : [];
  const endedPods = [...before.endedPods, ...ended].slice(-ENDED_PODS_MAX);
  const podFacts = facts ?? (pod === before.pod ? before.podFacts : NO_FACTS);
  fleet.set(target, { ...before, pod, podPhase: phase, podFacts, endedPods });
}
