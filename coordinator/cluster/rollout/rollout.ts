// Pods of an older revision are replaced: the stop path, the deletion, and back to where the others are. The
// StatefulSet is OnDelete, so that nobody else does it, least of all in a run.

import type { Progress, Rollout } from '../../api/scaling.ts';
import { isFault } from '../client/fault.ts';
import { PODS } from '../client/resource.ts';
import { nameSome } from '../cordon/cordon.ts';
import type { StatefulSet } from '../resources/statefulSet.ts';
import { brought, done, GONE_MARGIN_MS, readSet, refuse, segmentNamed, stopped } from '../scale/scale.ts';
import { type Job, until } from '../scale/world.ts';
import {
  batchesOf,
  notReplaced,
  type Outdated,
  outdatedPods,
  rolloutPlan,
  rolloutRefusal,
} from './decide.ts';

/** The plan, each step, and what was done. Throws RunControlError with what is true then. */
export async function* rolledOut(job: Job, { segment: name, dryRun }: Rollout): AsyncGenerator<Progress> {
  const set = await readSet(job, segmentNamed(job, name));
  refuse(rolloutRefusal(job.leading.core, name, set));
  const outdated = outdatedPods(name, set, job.world.pods());
  if (outdated.length === 0) return yield done(`every pod of ${name} is of revision ${set.updateRevision}`);
  for (const sentence of rolloutPlan(name, set, outdated)) yield { kind: 'plan', sentence };
  if (dryRun) return yield done('nothing was done: this was only the plan');
  for (const batch of batchesOf(outdated)) {
    yield* replaced(job, name, set, batch);
    yield* brought(job, name);
  }
  yield done(`${outdated.length} pods of ${name} were replaced; all are of revision ${set.updateRevision}`);
}

async function* replaced(
  job: Job,
  segment: string,
  set: StatefulSet,
  batch: readonly Outdated[],
): AsyncGenerator<Progress> {
  const targets = batch.map(({ target }) => target);
  yield* stopped(job, targets, 'their pods are not deleted');
  // Somebody may have started a run meanwhile.
  refuse(rolloutRefusal(job.leading.core, segment, set));
  yield { kind: 'step', sentence: `deleting the pods of ${nameSome(targets)}` };
  await Promise.all(batch.map((outdated) => remove(job, outdated)));
  const missing = () => nameSome(notReplaced(job.leading.core, set, batch, job.world.pods()));
  const { timeoutMs } = job.world.document().startup;
  await until(job, set.gracePeriodSeconds * 1_000 + GONE_MARGIN_MS + timeoutMs, {
    holds: () => missing() === '',
    late: () =>
      `${missing()} did not come back; see: baton status; the pods after it were left alone: mend the StatefulSet, then ask again: baton rollout ${segment}`,
  });
  yield { kind: 'step', sentence: `${nameSome(targets)} can be commanded again` };
}

/** That very pod: one that has taken its name is of the new revision already. */
async function remove({ client }: Job, { pod }: Outdated): Promise<void> {
  const { namespace, name, uid } = pod;
  try {
    await client.delete(PODS, { namespace, name }, { uid });
  } catch (error) {
    if (!isFault(error, 'notFound', 'conflict')) throw error;
  }
}
