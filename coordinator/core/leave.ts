// Targets that go away: the verdict on a preStop hook, and the ordered stop that it leads to.

import { isInRun, isRest } from '../../protos/machine/table.ts';
import { type Draft, send, write } from './draft.ts';
import { podPhaseOf } from './fleet.ts';
import type { Operation, Step } from './model/operation.ts';
import type { OperationId, Target } from './model/partition.ts';
import type { Core, LeaverStage, PodPhase } from './model/picture.ts';
import type { Event, Instant } from './model/turn.ts';
import { plan } from './plan/plan.ts';
import type { PlannedOperation } from './plan/planned.ts';
import { segmentOf } from './policy.ts';
import { accept, requestCancel } from './submit.ts';

/** Who asks for operations that no person asked for. */
const OURSELVES = 'coordinator';

/** A preStop hook was called, or (`done`) answered. */
export function leaving(draft: Draft, event: Extract<Event, { type: 'leaving' }>): void {
  const { target, done, clean } = event;
  if (!done) return verdictDue(draft, target);
  forgetLeaver(draft, target);
  // P15: a stop that was missed or cut short is recorded, whoever made it.
  if (!clean && draft.journal.run !== undefined) {
    write(draft, { kind: 'runUnclean', cause: `${target} left without a clean stop` });
  }
}

/** It is done, or another life answers under its name, which does not leave: what was begun was not for that one. */
export function forgetLeaver(draft: Draft, target: Target): void {
  if (!draft.leavers.has(target)) return;
  draft.leavers = new Map([...draft.leavers].filter(([leaver]) => leaver !== target));
}

/** Decides how a target leaves: by what the platform says of its pod. */
export function verdictDue(draft: Draft, target: Target): void {
  const observation = draft.core.fleet.get(target);
  const incarnation = observation?.reported?.incarnation;
  if (observation === undefined || incarnation === undefined) return;
  const verdict = VERDICTS[podPhaseOf(observation)];
  send(draft, target, { type: 'leave', incarnation, verdict });
  if (verdict !== 'ordered' || draft.leavers.has(target)) return;
  advanceLeavers(draft, [target], 'told');
  // A sidecar waits a second for its verdict, and then stops by itself: no record may stand before that. Nothing
  // is lost with a verdict that this process does not outlive: the sidecar's own deadline bounds what it waits for.
  draft.effects.push({ type: 'takeNext', event: { type: 'leaversTold' } });
}

/** From now on the stop of those whose verdict is sent may be recorded: all that leave at once join it. */
export function leaversTold(draft: Draft): void {
  const told = leaversAt(draft, 'told');
  if (told.length === 0) return;
  advanceLeavers(draft, told, 'waiting');
  for (const target of told) stopForLeavers(draft, target);
}

function leaversAt({ leavers }: Draft, stage: LeaverStage): Target[] {
  return [...leavers].filter(([, at]) => at === stage).map(([target]) => target);
}

function advanceLeavers(draft: Draft, targets: readonly Target[], stage: LeaverStage): void {
  draft.leavers = new Map([...draft.leavers, ...targets.map((target) => [target, stage] as const)]);
}

/** A pod that stays only restarts its container; of one that nobody reported nothing can be hoped. */
const VERDICTS = {
  deleting: 'ordered',
  running: 'restart',
  removed: 'forced',
  ended: 'forced',
  unreported: 'local',
} as const satisfies Record<PodPhase, string>;

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
  const { machine } = draft.core.partition;
  const towardsRest = (step: Step) =>
    step.stopPath || step.waves.flat().every(({ from, to }) => isRest(machine, from) && isRest(machine, to));
  if (!open.operation.steps.slice(open.step).every(towardsRest)) requestCancel(draft, `${target} leaves`);
}

/** Once no operation is open: several leavers join one ordered stop, and each has one. */
export function startLeave(draft: Draft, now: Instant): void {
  const waiting = leaversAt(draft, 'waiting');
  if (waiting.length === 0 || draft.journal.open !== undefined) return;
  const core: Core = { ...draft.core, journal: draft.journal };
  const isWhole = wholeRunStops(core, waiting);
  // A stop of everybody needs to know of everybody.
  if (isWhole && core.hearing.size > 0) return;
  advanceLeavers(draft, waiting, 'begun');
  const planned = plan(core, { kind: 'leave', targets: isWhole ? [] : waiting.sort() });
  const operation = planned.kind === 'planned' ? planned.operation : undefined;
  for (const target of waiting) if (!isTaken(operation, target)) stopsByItself(draft, target);
  if (operation !== undefined && operation.steps.length > 0)
    accept(draft, { ...operation, ...identity(draft, now) });
}

/** The stop that leavers waited for has ended: who does not stand still now is brought there by nobody any more. */
export function endLeave(draft: Draft): void {
  if (draft.journal.open !== undefined || draft.records.every(({ kind }) => kind !== 'finished')) return;
  for (const target of leaversAt(draft, 'begun')) {
    if (draft.core.fleet.get(target)?.connected === true) stopsByItself(draft, target);
  }
}

/** No order can reach it: its state is unknown, say. At rest its sidecar has nothing to do, and knows it. */
function stopsByItself(draft: Draft, target: Target): void {
  const reported = draft.core.fleet.get(target)?.reported;
  if (reported === undefined) return;
  const { incarnation, state, inError } = reported;
  const atRest = !inError && isRest(draft.core.partition.machine, state);
  if (!atRest) send(draft, target, { type: 'leave', incarnation, verdict: 'local' });
}

function isTaken(operation: PlannedOperation | undefined, target: Target): boolean {
  const { segment, ordinal } = segmentOf(target);
  return (operation?.incarnations[segment]?.[ordinal] ?? '') !== '';
}

/** By policy, and only when somebody leaves who is in the run. */
function wholeRunStops({ partition, fleet }: Core, leavers: readonly Target[]): boolean {
  if (partition.leavePolicy !== 'stopRun') return false;
  return leavers.some((target) => isInRun(partition.machine, fleet.get(target)?.reported?.state ?? ''));
}

/** The id is made from the run, and never given twice. Leavers who come later join the open operation. */
function identity(
  { journal }: Draft,
  now: Instant,
): Pick<Operation, 'id' | 'number' | 'operator' | 'acceptedAtMs'> {
  const number = journal.operationNumber + 1;
  const run = journal.run === undefined ? '' : `run-${journal.run.number}-`;
  return {
    id: `leave-${run}${number}` as OperationId,
    number,
    operator: OURSELVES,
    acceptedAtMs: now.wallMs,
  };
}
