// Another number of members: condemned targets take the stop path, the StatefulSet is set, pods go or come, and who
// has come is brought to where the others are.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Progress, Scale } from '../../api/scaling.ts';
import type { Target } from '../../core/model/partition.ts';
import type { Refusal } from '../../core/plan/planned.ts';
import type { SegmentDocument } from '../../document/document.ts';
import { STATEFUL_SETS } from '../client/resource.ts';
import { nameSome } from '../cordon/cordon.ts';
import { type StatefulSet, statefulSetOf } from '../resources/statefulSet.ts';
import { bringing } from './bring.ts';
import {
  condemned,
  notAttached,
  type ScaleFacts,
  type ScaleGoal,
  scalePlan,
  scaleRefusal,
  setNameOf,
  stillBusy,
  toStop,
} from './decide.ts';
import { type Job, operate, until } from './world.ts';

/** Beyond the grace period of a pod, for its object to go and to be seen gone, in milliseconds. */
export const GONE_MARGIN_MS = 60_000;

/** The plan, each step, and what was done. Throws RunControlError with what is true then. */
export async function* scaled(job: Job, { segment: name, members, dryRun }: Scale): AsyncGenerator<Progress> {
  const goal: ScaleGoal = { segment: segmentNamed(job, name), members };
  const set = await readSet(job, goal.segment);
  const facts = factsOf(job, goal.segment, set);
  refuse(scaleRefusal(job.leading.core, goal, facts));
  const plan = scalePlan(job.leading.core, goal, facts);
  for (const sentence of plan) yield { kind: 'plan', sentence };
  if (dryRun)
    return yield done(plan.length === 0 ? nothingToDo(goal) : 'nothing was done: this was only the plan');
  yield* stopped(job, condemned(job.leading.core, goal, facts), 'their pods are not taken away');
  if (set.replicas !== members) yield* patched(job, goal, set);
  yield* gone(job, goal, set);
  // Who is not there after a scale-down was not there before either.
  if (set.replicas <= members) {
    yield* attached(job, goal);
    yield* brought(job, name);
  }
  yield done(
    set.replicas === members ? nothingToDo(goal) : `${name} has ${members} members, it had ${set.replicas}`,
  );
}

function nothingToDo({ segment, members }: ScaleGoal): string {
  return `${segment.name} has ${members} members`;
}

/** The segment of that name, in the document of now. Throws RunControlError REFUSED when it is gone. */
export function segmentNamed({ world }: Job, name: string): SegmentDocument {
  const segment = world.document().segments.find((each) => each.name === name);
  if (segment !== undefined) return segment;
  throw new RunControlError('REFUSED', `the partition has no segment ${name} any more; nothing was done`);
}

/** Its StatefulSet as it is now, with who owns what: no picture of before is good enough to decide on. */
export async function readSet(
  { client, leading, world }: Job,
  segment: SegmentDocument,
): Promise<StatefulSet> {
  const where = { namespace: leading.namespace, name: setNameOf(world.document(), segment) };
  return statefulSetOf(await client.get(STATEFUL_SETS, where));
}

function factsOf({ world }: Job, segment: SegmentDocument, set: StatefulSet): ScaleFacts {
  return { set, ordinals: ordinalsOf(world.pods(), segment.name) };
}

function ordinalsOf(pods: ReturnType<Job['world']['pods']>, segment: string): readonly number[] {
  return [...pods].flatMap((pod) =>
    pod.segment === segment && pod.ordinal !== undefined ? [pod.ordinal] : [],
  );
}

/** Throws it as RunControlError. */
export function refuse(refused: Refusal | undefined): void {
  if (refused === undefined) return;
  throw new RunControlError(refused.code, refused.sentence, { problems: refused.problems });
}

export function done(sentence: string): Progress {
  return { kind: 'done', sentence };
}

/** Brings targets to rest. Throws RunControlError REFUSED when one that may be taking data does not get there. */
export async function* stopped(
  job: Job,
  targets: readonly Target[],
  stays: string,
): AsyncGenerator<Progress> {
  const moving = toStop(job.leading.core, targets);
  if (moving.length > 0) {
    yield { kind: 'step', sentence: `bringing ${nameSome(moving)} to rest` };
    const { outcome, cause } = await operate(job, 'rest', { kind: 'leave', targets: moving });
    if (outcome !== 'succeeded') yield { kind: 'step', sentence: `that ${outcome}: ${cause}` };
  }
  const busy = stillBusy(job.leading.core, targets);
  if (busy.length === 0) return;
  throw new RunControlError(
    'REFUSED',
    `${nameSome(busy)} did not come to rest, so ${stays}; see: baton status, then ask again`,
  );
}

async function* patched(
  job: Job,
  { segment, members }: ScaleGoal,
  set: StatefulSet,
): AsyncGenerator<Progress> {
  const { client, leading } = job;
  // Somebody may have started a run while the stop path was taken.
  refuse(scaleRefusal(leading.core, { segment, members }, factsOf(job, segment, set)));
  const where = { namespace: set.namespace, name: set.name, subresource: 'scale' };
  await client.patch(STATEFUL_SETS, where, { kind: 'merge', body: { spec: { replicas: members } } });
  yield {
    kind: 'step',
    sentence: `StatefulSet ${set.name} is set from ${set.replicas} to ${members} replicas`,
  };
}

async function* gone(job: Job, goal: ScaleGoal, set: StatefulSet): AsyncGenerator<Progress> {
  const { segment, members } = goal;
  const there = () => ordinalsOf(job.world.pods(), segment.name).filter((ordinal) => ordinal >= members);
  const left = (): string => nameSome(there().map((ordinal) => `${segment.name}-${ordinal}`));
  if (there().length === 0) return;
  yield { kind: 'step', sentence: `waiting until the pods of ${left()} are gone` };
  await until(job, set.gracePeriodSeconds * 1_000 + GONE_MARGIN_MS, {
    holds: () => there().length === 0,
    late: () =>
      `the pods of ${left()} are still there though their grace is over; see: kubectl get pods; the StatefulSet is set to ${members}`,
  });
}

async function* attached(job: Job, goal: ScaleGoal): AsyncGenerator<Progress> {
  const { members, segment } = goal;
  const missing = () => notAttached(job.leading.core, goal);
  if (missing().length === 0) return;
  yield { kind: 'step', sentence: `waiting until ${nameSome(missing())} can be commanded` };
  const { timeoutMs } = job.world.document().startup;
  await until(job, timeoutMs, {
    holds: () => missing().length === 0,
    late: () =>
      `${nameSome(missing())} cannot be commanded after ${timeoutMs / 1_000} s; see: baton status; ${segment.name} is set to ${members} members: ask again once they are there`,
  });
}

/** Who has come goes to where the others are, if they all are in one state. */
export async function* brought(job: Job, segment: string): AsyncGenerator<Progress> {
  const next = bringing(job.leading.core, segment);
  if (next.kind === 'there') return;
  if (next.kind === 'stay') return yield { kind: 'step', sentence: next.sentence };
  const { state, targets } = next;
  yield { kind: 'step', sentence: `bringing ${nameSome(targets)} to ${state}` };
  const again = `bring them there with: baton goto ${state}`;
  try {
    const { outcome, cause } = await operate(job, 'join', { kind: 'goTo', state, arguments: {}, targets });
    if (outcome !== 'succeeded') yield { kind: 'step', sentence: `that ${outcome}: ${cause}; ${again}` };
  } catch (error) {
    // The members are what they shall be; where they stand is an operator's choice from here on.
    if (!(error instanceof RunControlError)) throw error;
    yield { kind: 'step', sentence: `they stay where they are: ${error.message}; ${again}` };
  }
}
