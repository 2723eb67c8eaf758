// What `baton scale` may do, and what it will do: pure. It is asked again after a broken connection, so everything is
// judged by what is true now, never by what was done before.

import { isInRun, isRest } from '../../../protos/machine/table.ts';
import { isKnown } from '../../core/fleet.ts';
import type { Target } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';
import { type Refusal, refusal } from '../../core/plan/planned.ts';
import { targetName } from '../../core/targets.ts';
import type { PartitionDocument, SegmentDocument } from '../../document/document.ts';
import { TARGETS_MAX } from '../../document/limits.ts';
import { nameSome } from '../cordon/cordon.ts';
import { FIELD_MANAGER } from '../names.ts';
import type { FieldOwner, StatefulSet } from '../resources/statefulSet.ts';

/** What is wanted, and of what. */
export type ScaleGoal = {
  readonly segment: SegmentDocument;
  /** How many members it shall have. */
  readonly members: number;
};

/** The StatefulSet as the API server tells it now, and the ordinals of the segment that have a pod. */
export type ScaleFacts = {
  readonly set: StatefulSet;
  readonly ordinals: readonly number[];
};

/** Name of the StatefulSet of a segment. */
export function setNameOf({ name }: Pick<PartitionDocument, 'name'>, segment: SegmentDocument): string {
  return segment.statefulSet ?? `${name}-${segment.name}`;
}

/** Why it may not be done now; undefined: it may. */
export function scaleRefusal(core: Core, goal: ScaleGoal, facts: ScaleFacts): Refusal | undefined {
  const { name } = goal.segment;
  return (
    sizeRefusal(core, goal) ??
    ownerRefusal(facts.set) ??
    busyRefusal(core, `baton scale ${name} ${goal.members}`) ??
    runRefusal(core, goal, facts)
  );
}

function sizeRefusal({ partition }: Core, { segment, members }: ScaleGoal): Refusal | undefined {
  if (members === 0) {
    return refusal(
      'REFUSED',
      `${segment.name} cannot have 0 members: a segment without targets is no segment`,
    );
  }
  const others = partition.segments.filter(({ name }) => name !== segment.name);
  const all = others.reduce((sum, each) => sum + each.members, members);
  if (all > TARGETS_MAX) {
    return refusal(
      'LIMIT',
      `the partition would have ${all} targets, a coordinator leads ${TARGETS_MAX} at most`,
    );
  }
  // Where minMembers is all of them, it is all of however many there are.
  const isOwn = segment.minMembers < segment.members && !segment.critical;
  if (isOwn && members < segment.minMembers) {
    return refusal(
      'REFUSED',
      `${segment.name} needs ${segment.minMembers} members (minMembers), ${members} are too few; change the Partition first`,
    );
  }
  return undefined;
}

/** Somebody who once typed a number does not hold it; what applies it again and again does. */
function ownerRefusal({ name, replicasOwners }: StatefulSet): Refusal | undefined {
  const owner = replicasOwners.find((each) => !isOurs(each) && !isByHand(each));
  if (owner === undefined) return undefined;
  return refusal(
    'REFUSED',
    `the replicas of StatefulSet ${name} belong to ${ownerWords(owner)}, which would set them back; scale there, or leave replicas out of what it applies`,
  );
}

function isOurs({ manager }: FieldOwner): boolean {
  return manager === FIELD_MANAGER;
}

/** `kubectl patch` and `kubectl edit`. */
const HANDS: readonly string[] = ['kubectl-patch', 'kubectl-edit'];

function isByHand({ manager, subresource }: FieldOwner): boolean {
  return (manager === 'kubectl' && subresource === 'scale') || HANDS.includes(manager);
}

function ownerWords({ manager, subresource }: FieldOwner): string {
  // The autoscaler is a part of the controller manager.
  return subresource === 'scale' && manager === 'kube-controller-manager'
    ? `${manager} (a HorizontalPodAutoscaler)`
    : manager;
}

/** Nothing is brought down or up beside an operation. */
export function busyRefusal({ journal }: Core, again: string): Refusal | undefined {
  if (journal.open === undefined) return undefined;
  const { id, title } = journal.open.operation;
  return refusal('BUSY', `operation ${id} (${title}) is open; wait for its end, then ask again: ${again}`);
}

/** In a run nobody can join, and targets leave it only where the document lets them leave alone. */
function runRefusal(core: Core, goal: ScaleGoal, facts: ScaleFacts): Refusal | undefined {
  const { run } = core.journal;
  if (run === undefined) return undefined;
  const { segment, members } = goal;
  if (members > facts.set.replicas) {
    return refusal(
      'REFUSED',
      `run ${run.number} is on: new members of ${segment.name} could not join it and would stand beside it; stop the run first`,
    );
  }
  const leavers = condemned(core, goal, facts);
  if (leavers.length === 0 || core.partition.leavePolicy === 'leave') return undefined;
  return refusal(
    'REFUSED',
    `run ${run.number} is on and ${nameSome(leavers)} would leave it, which stops it (leave.policy: stopRun); stop the run first`,
  );
}

/** The targets that shall not be any more: by the core, or by a pod that is still there. */
export function condemned(
  core: Core,
  { segment, members }: ScaleGoal,
  { ordinals }: ScaleFacts,
): readonly Target[] {
  const seen = [...core.fleet.values()].filter((each) => each.segment === segment.name);
  const all = new Set([...seen.map(({ ordinal }) => ordinal), ...ordinals]);
  return [...all]
    .filter((ordinal) => ordinal >= members)
    .toSorted((a, b) => a - b)
    .map((ordinal) => targetName(segment.name, ordinal));
}

/** Of those, who must take the stop path before its pod goes. */
export function toStop(core: Core, targets: readonly Target[]): readonly Target[] {
  return targets.filter((target) => {
    const observation = core.fleet.get(target);
    return observation !== undefined && isKnown(observation) && !standsAtRest(core, target);
  });
}

/** True when there is nothing to stop: it is seen at rest and without an error. */
export function standsAtRest({ fleet, partition }: Core, target: Target): boolean {
  const observation = fleet.get(target);
  if (observation === undefined || !isKnown(observation)) return false;
  return !observation.reported.inError && isRest(partition.machine, observation.reported.state);
}

/**
 * Who keeps a pod from being taken away: it did not come to rest, or, in a run, nobody can tell whether it did. Outside
 * a run one that cannot be seen has nothing to lose.
 */
export function stillBusy(core: Core, targets: readonly Target[]): readonly Target[] {
  const unseen = (target: Target) => {
    const observation = core.fleet.get(target);
    return observation === undefined || !isKnown(observation);
  };
  return targets.filter((target) =>
    unseen(target) ? core.journal.run !== undefined : !standsAtRest(core, target) && isTaking(core, target),
  );
}

/** In error outside a run it is only in the way. */
function isTaking({ fleet, partition, journal }: Core, target: Target): boolean {
  const state = fleet.get(target)?.reported?.state ?? '';
  return journal.run !== undefined || isInRun(partition.machine, state);
}

/** What will be done, line by line. */
export function scalePlan(core: Core, goal: ScaleGoal, facts: ScaleFacts): readonly string[] {
  const { segment, members } = goal;
  const { replicas, name } = facts.set;
  const leavers = condemned(core, goal, facts);
  const stops = toStop(core, leavers);
  const news = Math.max(0, members - replicas);
  const first = targetName(segment.name, replicas);
  const last = targetName(segment.name, members - 1);
  return [
    ...(stops.length > 0
      ? [`${nameSome(stops)} take${stops.length === 1 ? 's' : ''} the stop path to rest`]
      : []),
    ...(replicas === members ? [] : [`StatefulSet ${name} is set from ${replicas} to ${members} replicas`]),
    ...(leavers.length > 0 ? [`the pods of ${nameSome(leavers)} go`] : []),
    ...(news > 0 ? [news === 1 ? `${first} comes` : `${first} to ${last} come`] : []),
    ...(news > 0 ? ['who comes is brought to where the others are'] : []),
  ];
}

/** Members that shall be there and are not in control yet. */
export function notAttached(core: Core, { segment, members }: ScaleGoal): readonly Target[] {
  return Array.from({ length: members }, (_, ordinal) => targetName(segment.name, ordinal)).filter(
    (target) => {
      const observation = core.fleet.get(target);
      return observation === undefined || !isKnown(observation);
    },
  );
}
