// `baton scale` and `baton rollout` in a cluster, one at a time for each partition. Both run only while somebody
// listens: asked again, here or at the next leader, they go on from what is true then.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Progress, Scaling } from '../../api/scaling.ts';
import type { Leading } from '../../leading.ts';
import { rolledOut } from '../rollout/rollout.ts';
import { scaled } from './scale.ts';
import type { Job, ScalingParts } from './world.ts';

/** For the coordinator's service. */
export function clusterScaling(parts: ScalingParts): Scaling {
  const busy = new WeakSet<Leading>();
  const alone = (
    leading: Leading,
    asked: { readonly operator: string },
    signal: AbortSignal,
    run: (job: Job) => AsyncIterable<Progress>,
  ) =>
    oneAtATime(
      busy,
      { ...parts, leading, world: parts.worldOf(leading), operator: asked.operator, signal },
      run,
    );
  return {
    scale: (leading, scale, signal) => alone(leading, scale, signal, (job) => scaled(job, scale)),
    rollout: (leading, rollout, signal) => alone(leading, rollout, signal, (job) => rolledOut(job, rollout)),
  };
}

async function* oneAtATime(
  busy: WeakSet<Leading>,
  job: Job,
  run: (job: Job) => AsyncIterable<Progress>,
): AsyncGenerator<Progress> {
  const { leading, signal } = job;
  if (busy.has(leading)) {
    throw new RunControlError(
      'BUSY',
      `${leading.name} is being scaled or rolled out already; ask again after that`,
    );
  }
  busy.add(leading);
  try {
    yield* run(job);
  } catch (error) {
    // Nobody is there to be told.
    if (!signal.aborted) throw error;
  } finally {
    busy.delete(leading);
  }
}
