// Targets that go away: the verdict on a preStop hook, and the ordered stop that it leads to.

import { findState } from '../../protos/machine/table.ts';
import { type Draft, send } from './draft.ts';
import { podPhaseOf } from './fleet.ts';
import type { Command, Core, Instant, Operation, OperationId, Target } from './model.ts';
import { plan } from './plan/plan.ts';
import { accept, requestCancel } from './submit.ts';

/** Who asks for operations that no person asked for. */
const OURSELVES = 'coordinator';

/** A preStop hook was called, or (`done`) answered. */
export function leaving(draft: Draft, target: Target, done: boolean): void {
  if (done) {
    draft.leavers = new Set([...draft.leavers].filter((leaver) => leaver !== target));
    return;
  }
  const observation = draft.core.fleet.get(target);
  const incarnation = observation?.reported?.incarnation;
  if (observation === undefined || incarnation === undefined) return;
  const phase = podPhaseOf(observation);
  if (phase === 'deleting') {
    send(draft, target, { type: 'leave', incarnation, verdict: 'ordered' });
    draft.leavers = new Set([...draft.leavers, target]);
    stopForLeavers(draft, target);
    return;
  }
  // No word of a deletion: only the container is restarted, and the target returns to service.
  send(draft, target, { type: 'leave', incarnation, verdict: phase === 'ended' ? 'forced' : 'restart' });
}

/**
 * A target that says it leaves, in a pod that stays: its verdict was lost, or came for the life before. It
 * is told again, so that no target stays out of service for ever.
 */
export function returnToService(draft: Draft, target: Target): void {
  const observation = draft.core.fleet.get(target);
  if (observation?.reported?.leaving !== true || podPhaseOf(observation) !== 'running') return;
  send(draft, target, { type: 'leave', incarnation: observation.reported.incarnation, verdict: 'restart' });
}

/** Leaving is a record inside the open operation: unless that already goes the way down, it is cancelled. */
function stopForLeavers(draft: Draft, target: Target): void {
  const { open } = draft.journal;
  if (open === undefined) return;
  const goesDown = open.operation.steps.slice(open.step).every((step) => step.stopPath);
  if (!goesDown) requestCancel(draft, `${target} leaves`);
}

/** Once no operation is open: several leavers join one ordered stop. */
export function startLeave(draft: Draft, now: Instant): void {
  if (draft.leavers.size === 0 || draft.journal.open !== undefined) return;
  const core: Core = { ...draft.core, journal: draft.journal };
  const leavers = [...draft.leavers].sort();
  draft.leavers = new Set();
  const command: Command = { kind: 'leave', targets: wholeRunStops(core) ? [] : leavers };
  const planned = plan(core, command);
  if (planned.kind === 'trouble') return;
  // Who is at rest already needs no operation: its sidecar answers the hook by itself.
  if (planned.operation.steps.length === 0) return;
  accept(draft, { ...planned.operation, ...identity(draft, now) });
}

function wholeRunStops({ partition, fleet }: Core): boolean {
  if (partition.leavePolicy !== 'stopRun') return false;
  return [...fleet.values()].some(
    ({ reported }) => findState(partition.machine, reported?.state ?? '')?.inRun === true,
  );
}

/** The id is made from the run, so that leavers who come later join the same operation. */
function identity(
  { journal }: Draft,
  now: Instant,
): Pick<Operation, 'id' | 'number' | 'operator' | 'acceptedAtMs'> {
  const number = journal.operationNumber + 1;
  const id = journal.run === undefined ? `leave-${number}` : `leave-run-${journal.run.number}`;
  const taken = journal.finished.some((entry) => entry.operation.id === id);
  return {
    id: (taken ? `${id}-${number}` : id) as OperationId,
    number,
    operator: OURSELVES,
    acceptedAtMs: now.wallMs,
  };
}
