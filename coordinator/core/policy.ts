// When an operation goes on without a target, and when that still counts as success.

import type { OpenOperation, Operation, Step, Trouble } from './model.ts';

/** The parts of a target's name. */
export function segmentOf(target: string): { readonly segment: string; readonly ordinal: number } {
  const dash = target.lastIndexOf('-');
  return { segment: target.slice(0, dash), ordinal: Number(target.slice(dash + 1)) };
}

export type Judgement = {
  /** The troubles of the wave, each with the decision to go on without its target or not. */
  readonly troubles: readonly Trouble[];
  readonly goesOn: boolean;
};

/** Judges a wave whose targets have all answered, are settled, gone or unknown. */
export function judgeWave(open: OpenOperation, step: Step, found: readonly Trouble[]): Judgement {
  const all = [...open.troubles, ...found];
  const goesOn =
    step.onFailure === 'continue' || found.every((trouble) => isTolerated(open.operation, all, trouble));
  return { troubles: found.map((trouble) => ({ ...trouble, excluded: goesOn })), goesOn };
}

/** Why the operation cannot be called a success: the first trouble that no policy tolerates. */
export function firstFailure(open: OpenOperation): Trouble | undefined {
  return open.troubles.find((trouble) => !isTolerated(open.operation, open.troubles, trouble));
}

/** A segment that is not critical may lose targets as long as enough take part; an unknown part never passes. */
function isTolerated(operation: Operation, all: readonly Trouble[], trouble: Trouble): boolean {
  if (trouble.kind === 'unknown') return false;
  const { segment } = segmentOf(trouble.target);
  const policy = operation.policies[segment];
  if (policy === undefined || policy.critical) return false;
  const members = (operation.incarnations[segment] ?? []).filter((incarnation) => incarnation !== '').length;
  const leftOut = new Set(operation.leftOut.map((t) => t.target));
  const lost = new Set(
    all.map((t) => t.target).filter((t) => !leftOut.has(t) && segmentOf(t).segment === segment),
  );
  return members - lost.size >= policy.minMembers;
}

/** One sentence for the shift crew. */
export function troubleSentence(trouble: Trouble, further: number): string {
  const more = further > 0 ? ` (and ${further} more)` : '';
  const { target, kind, transition, cause } = trouble;
  const what = kind === 'absent' ? 'takes no part' : `${kind} in ${transition}`;
  return `${target} ${what}: ${cause}${more}`;
}
