// What the core is told of the pod of a target. Of one pod the word only goes forward: an informer may lag behind
// what a live look has shown. Pure.

import type { PodPhase } from '../../core/model/picture.ts';
import { factsOf } from '../facts/facts.ts';
import type { Pod } from '../resources/pod.ts';

/** The platform's word on one pod. */
export type Word = {
  readonly podUid: string;
  readonly phase: PodPhase;
  readonly sentence: string;
  readonly node: string;
  readonly restarts: number;
};

/** What a live look has shown of one pod. */
export type Look = {
  readonly podUid: string;
  readonly phase: Extract<PodPhase, 'running' | 'deleting' | 'removed'>;
};

const RANK = { unreported: 0, running: 1, deleting: 2, removed: 3, ended: 4 } as const satisfies Record<
  PodPhase,
  number
>;

/** The word on a pod that is there, after `before`. */
export function wordOf(pod: Pod, before: Word | undefined): Word {
  const { phase, sentence, node, restarts } = factsOf(pod);
  const word = { podUid: pod.uid, phase, sentence, node, restarts };
  return before?.podUid === pod.uid ? further(before, word) : word;
}

/**
 * The word on a pod whose object is gone: `ended` only if the kubelet had said so before. A forced deletion takes
 * the object away in milliseconds, and the process lives on for seconds, or for hours on a node that is cut off.
 */
export function wordOfGone(before: Word): Word {
  if (before.phase === 'ended') return before;
  return { ...before, phase: 'removed', sentence: 'its pod was removed without a word of its kubelet' };
}

/** The word after a live look at the same pod. */
export function wordAfter(before: Word, { podUid, phase }: Look): Word {
  if (before.podUid !== podUid) return before;
  return phase === 'removed' ? further(before, wordOfGone(before)) : further(before, { ...before, phase });
}

function further(before: Word, word: Word): Word {
  return RANK[word.phase] < RANK[before.phase] ? { ...word, phase: before.phase } : word;
}

/** True when there is nothing new to tell. */
export function sameWord(a: Word | undefined, b: Word): boolean {
  return (
    a !== undefined &&
    a.podUid === b.podUid &&
    a.phase === b.phase &&
    a.sentence === b.sentence &&
    a.node === b.node &&
    a.restarts === b.restarts
  );
}
