// The way down.

import { rmSync } from 'node:fs';
import type { CoordinatorChild } from './coordinatorChild.ts';
import type { Pod } from './pod.ts';
import type { Reporter } from './reporter.ts';
import type { Setting } from './setting.ts';

/** How long the coordinator may take to hear of the pods' end, and to end itself, in milliseconds. */
const TELL_MS_MAX = 2_000;
const COORDINATOR_GRACE_MS = 5_000;

export type Unclean = { readonly target: string; readonly why: string };

export type Running = {
  readonly coordinator: CoordinatorChild;
  readonly pods: readonly Pod[];
  readonly reporter: Reporter;
  /** As that of UpPartition. */
  readonly ready: Promise<void>;
  readonly close: () => Promise<void>;
};

/** As a kubelet deletes StatefulSets: every preStop at once; the coordinator's leave policy makes the order. */
export async function stopAll(
  { paths, tell, options }: Setting,
  { pods, coordinator, reporter, close }: Running,
): Promise<readonly Unclean[]> {
  const report = (pod: Pod, phase: 'POD_PHASE_DELETING' | 'POD_PHASE_ENDED', detail: string) =>
    reporter.report({ target: pod.target, podUid: pod.podUid, phase, detail });
  for (const pod of pods) report(pod, 'POD_PHASE_DELETING', '');
  await reporter.flush(TELL_MS_MAX);
  const ends = await Promise.all(
    pods.map(async (pod) => {
      const why = await pod.stop();
      // Whoever killed them all needs no line for each.
      if (!pod.wasKilled) tell(`${pod.target} ended${why === '' ? '' : ` uncleanly: ${why}`}`);
      report(pod, 'POD_PHASE_ENDED', why);
      return { target: pod.target, why };
    }),
  );
  await reporter.flush(TELL_MS_MAX);
  coordinator.container.close();
  await coordinator.container.end(COORDINATOR_GRACE_MS);
  await coordinator.container.done;
  await close();
  rmSync(paths.address, { force: true });
  const unclean = ends.filter((end) => end.why !== '');
  if (unclean.length === 0 && options.keep !== true) rmSync(paths.pods, { recursive: true, force: true });
  return unclean;
}
