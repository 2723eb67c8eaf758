// What only Kubernetes knows of a target's pod: the phase that decides how it leaves, and one sentence.

import { cutSentence } from '../../../protos/sentence.ts';
import type { PodPhase } from '../../core/model/picture.ts';
import type { Container, Pod } from '../resources/pod.ts';
import { containerSentence, historySentence } from './container.ts';

/** What is told of the pod that claims a target. */
export type PodFacts = {
  readonly phase: Exclude<PodPhase, 'unreported'>;
  /** One sentence for people; empty: nothing worth telling. It holds no ages, so that it changes only with news. */
  readonly sentence: string;
  /** Empty while it is not placed. */
  readonly node: string;
  /** How often the process's container was started again. */
  readonly restarts: number;
};

/** The facts of a pod. Nothing follows from conditions like Ready: see `phaseOf`. */
export function factsOf(pod: Pod): PodFacts {
  return {
    phase: phaseOf(pod),
    sentence: cutSentence(sentenceOf(pod)),
    node: pod.node,
    restarts: pod.process?.restarts ?? 0,
  };
}

/**
 * `deleting` from its deletion timestamp on, `removed` when that gives no grace: a forced deletion is seen so for
 * some milliseconds before the object is gone, and its hook has a second, too little for any order. `ended` once the kubelet has said that no container of it runs and
 * none will be started. Ready and the node's conditions decide nothing: after an outage of the API server they
 * are untrue for up to a minute, and a pod whose node is lost may well run on.
 */
export function phaseOf(pod: Pod): PodFacts['phase'] {
  const isFinal = pod.isDeleting || pod.phase === 'Succeeded' || pod.phase === 'Failed';
  if (isFinal && hasStopped(pod)) return 'ended';
  if (pod.isForced) return 'removed';
  return pod.isDeleting ? 'deleting' : 'running';
}

/** Only the kubelet writes the states of containers, so this is its word and nobody else's. */
function hasStopped({ process, sidecar, others, node }: Pod): boolean {
  const all = [process, sidecar, ...others].filter((each) => each !== undefined);
  return all.every(({ state }) => {
    // Nothing can run where it was never placed.
    if (state.kind === 'unreported') return node === '';
    return state.kind !== 'running';
  });
}

function sentenceOf(pod: Pod): string {
  const told = [podTrouble(pod), ...containerTroubles(pod), deletionOf(pod), historyOf(pod)].filter(
    (sentence) => sentence !== '',
  );
  return told.join('; ');
}

function deletionOf({ isDeleting, isForced }: Pod): string {
  if (isForced) return 'its pod was deleted by force';
  return isDeleting ? 'its pod is being deleted' : '';
}

/** What concerns the pod as a whole. */
function podTrouble(pod: Pod): string {
  if (pod.reason === 'NodeLost')
    return `its node ${pod.node} does not answer: ${pod.message || 'it is lost'}`;
  if (pod.phase === 'Failed' || pod.phase === 'Succeeded') {
    const why = pod.reason === '' ? '' : ` (${[pod.reason, pod.message].filter(Boolean).join(': ')})`;
    const verb = pod.reason === 'Evicted' ? 'was evicted' : 'has ended';
    return `its pod ${verb}${why}; its StatefulSet makes another one`;
  }
  const placed = pod.conditions.find(({ type }) => type === 'PodScheduled');
  if (placed?.status === 'False') return `its pod cannot be placed (${placed.reason}): ${placed.message}`;
  const disrupted = pod.conditions.find(
    ({ type, status }) => type === 'DisruptionTarget' && status === 'True',
  );
  if (disrupted !== undefined)
    return `its pod is being moved off ${pod.node}: ${disrupted.message || disrupted.reason}`;
  if (pod.sidecar === undefined)
    return 'its pod has no sidecar (no container named baton): it cannot be commanded';
  return '';
}

function containerTroubles(pod: Pod): readonly string[] {
  if (pod.phase === 'Failed' || pod.phase === 'Succeeded' || pod.isDeleting) return [];
  const named: readonly (readonly [string, Container | undefined])[] = [
    ...pod.others.map((other) => [`container ${other.name} of its pod`, other] as const),
    ['its sidecar', pod.sidecar],
    ['its process', pod.process],
  ];
  return named.map(([who, container]) => (container === undefined ? '' : containerSentence(who, container)));
}

/** That it runs in a later life is worth telling as long as nothing worse is told of it. */
function historyOf({ process, isDeleting, phase }: Pod): string {
  if (process?.state.kind !== 'running' || isDeleting || phase !== 'Running') return '';
  return historySentence('its process', process);
}
