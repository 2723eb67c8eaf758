// When an operation goes on without a target, and when that still counts as success.

import { SHORT_CAUSE_LENGTH_MAX, TROUBLES_MAX } from './limits.ts';
import type { OpenOperation } from './model/journal.ts';
import type { Operation, Step, Trouble } from './model/operation.ts';

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
  const left = leftBySegment(open.operation, [...open.troubles, ...found]);
  const goesOn = step.onFailure === 'continue' || found.every((t) => isTolerated(open.operation, left, t));
  return { troubles: found.map((trouble) => ({ ...trouble, excluded: goesOn })), goesOn };
}

/** Why the operation cannot be called a success: the first trouble that no policy tolerates. */
export function firstFailure(open: OpenOperation): Trouble | undefined {
  const left = leftBySegment(open.operation, open.troubles);
  return open.troubles.find((trouble) => !isTolerated(open.operation, left, trouble));
}

/** How many of those who took part at the beginning are still there. */
function leftBySegment(operation: Operation, troubles: readonly Trouble[]): ReadonlyMap<string, number> {
  const left = new Map(
    Object.entries(operation.incarnations).map(([segment, all]) => [
      segment,
      all.filter((i) => i !== '').length,
    ]),
  );
  // Who goes on down the stop path may fail more than one step.
  const lost = new Set(troubles.filter(({ kind }) => kind !== 'absent').map(({ target }) => target));
  for (const target of lost) {
    const { segment } = segmentOf(target);
    left.set(segment, (left.get(segment) ?? 0) - 1);
  }
  return left;
}

/** A segment that is not critical may lose targets as long as enough take part; an unknown part never passes. */
function isTolerated(operation: Operation, left: ReadonlyMap<string, number>, trouble: Trouble): boolean {
  if (trouble.kind === 'unknown') return false;
  // Whether it could be spared was decided when the operation was planned.
  if (trouble.kind === 'absent') return trouble.excluded;
  const { segment } = segmentOf(trouble.target);
  const policy = operation.policies[segment];
  return policy !== undefined && !policy.critical && (left.get(segment) ?? 0) >= policy.minMembers;
}

/** Troubles as they are recorded: of very many most are told in few words, so that a record stays small. */
export function recorded(troubles: readonly Trouble[]): readonly Trouble[] {
  return troubles.map((trouble, at) =>
    at < TROUBLES_MAX ? trouble : { ...trouble, cause: trouble.cause.slice(0, SHORT_CAUSE_LENGTH_MAX) },
  );
}

/** One sentence for the shift crew. */
export function troubleSentence(trouble: Trouble, further: number): string {
  const more = further > 0 ? ` (and ${further} more)` : '';
  const { target, kind, transition, cause } = trouble;
  const what = kind === 'absent' ? 'takes no part' : `${kind} in ${transition}`;
  return `${target} ${what}: ${cause}${more}`;
}
