// Which pods `baton rollout` replaces, and in which order: pure.

import { podDigest } from '../../../protos/identity.ts';
import { isKnown } from '../../core/fleet.ts';
import type { Target } from '../../core/model/partition.ts';
import type { Core, Observation } from '../../core/model/picture.ts';
import { type Refusal, refusal } from '../../core/plan/planned.ts';
import { podOf, targetName } from '../../core/targets.ts';
import { nameSome } from '../cordon/cordon.ts';
import type { Pod } from '../resources/pod.ts';
import type { StatefulSet } from '../resources/statefulSet.ts';
import { busyRefusal } from '../scale/decide.ts';

/** A pod that was made from an older revision of its StatefulSet. */
export type Outdated = { readonly target: Target; readonly pod: Pod };

/** Why it may not be done now; undefined: it may. */
export function rolloutRefusal(core: Core, segment: string, set: StatefulSet): Refusal | undefined {
  const { run } = core.journal;
  if (run !== undefined) {
    return refusal('REFUSED', `run ${run.number} is on, and a rollout would stop it; stop the run first`);
  }
  if (set.updateStrategy !== 'OnDelete') {
    return refusal(
      'REFUSED',
      `StatefulSet ${set.name} replaces its pods by itself (${set.updateStrategy}), without asking anybody; set updateStrategy.type to OnDelete first`,
    );
  }
  if (set.observedGeneration < set.generation || set.updateRevision === '') {
    return refusal(
      'BUSY',
      `Kubernetes has not looked at StatefulSet ${set.name} since it was changed; ask again`,
    );
  }
  return busyRefusal(core, `baton rollout ${segment}`);
}

/** The outdated pods of a segment, by ordinal. One that goes already is replaced without us. */
export function outdatedPods(segment: string, set: StatefulSet, pods: Iterable<Pod>): readonly Outdated[] {
  return [...pods]
    .flatMap((pod) => {
      const isOld =
        pod.segment === segment && pod.statefulSet === set.name && pod.revision !== set.updateRevision;
      const { ordinal } = pod;
      if (!isOld || pod.isDeleting || ordinal === undefined) return [];
      return [{ ordinal, outdated: { target: targetName(segment, ordinal), pod } }];
    })
    .toSorted((a, b) => a.ordinal - b.ordinal)
    .map(({ outdated }) => outdated);
}

/** One alone first, since a revision that does not work must not take all; then all the others at once. */
export function batchesOf(outdated: readonly Outdated[]): readonly (readonly Outdated[])[] {
  const [first, ...others] = outdated;
  if (first === undefined) return [];
  return others.length === 0 ? [[first]] : [[first], others];
}

/** What will be done, line by line. */
export function rolloutPlan(
  segment: string,
  set: StatefulSet,
  outdated: readonly Outdated[],
): readonly string[] {
  const batches = batchesOf(outdated).map((batch) => nameSome(batch.map(({ target }) => target)));
  return batches.map((names, index) => {
    const what = `${names}: stop path, delete the pod, wait for revision ${set.updateRevision}, back to where the others are`;
    const lead = index === 0 && batches.length > 1 ? 'first alone, ' : index === 0 ? '' : 'then together, ';
    return `${segment}: ${lead}${what}`;
  });
}

/** Of the replaced, who is not there anew, or cannot be commanded yet. */
export function notReplaced(
  core: Core,
  set: StatefulSet,
  replaced: readonly Outdated[],
  pods: Iterable<Pod>,
): readonly Target[] {
  const byName = new Map([...pods].map((pod) => [pod.name, pod]));
  return replaced
    .filter(({ target, pod }) => {
      const now = byName.get(pod.name);
      const isNew = now !== undefined && now.uid !== pod.uid && now.revision === set.updateRevision;
      return !isNew || !isCommanded(core.fleet.get(target), now);
    })
    .map(({ target }) => target);
}

/** What is seen may still be the life before: its stream ends a moment after its pod. */
function isCommanded(observation: Observation | undefined, { uid }: Pod): boolean {
  if (observation === undefined || !isKnown(observation)) return false;
  return podOf(observation.reported.incarnation) === podDigest(uid);
}
