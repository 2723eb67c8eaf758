// Targets that cannot be commanded since their pod is there: it has no sidecar, or one that we do not drive, or it is
// never placed. Waiting does not help them, so after a while people are told. Who was heard once is not among them:
// see lost.ts.

import type { Target } from '../../core/model/partition.ts';
import type { Core, Observation } from '../../core/model/picture.ts';
import { NO_PLACE } from '../../fleet/dispatcher.ts';
import { troubleOf } from '../status/status.ts';

/** How long something has to be wrong with a target before that is told, in milliseconds: most starts are quicker. */
export const UNHEARD_MS = 5_000;

/** A target and what is wrong with it, one sentence. */
export type Why = { readonly target: Target; readonly sentence: string };

type Waiting = { readonly pod: string; readonly sinceMs: number; readonly sentence: string };

/** Both are changed in place. */
export type Unheard = {
  /** In the order in which they are due. */
  readonly waiting: Map<Target, Waiting>;
  /** The pod of each that was heard, or is told of: of that one nothing more is told. */
  readonly settled: Map<Target, string>;
};

/** A new leader has waited for nobody. */
export function newUnheard(): Unheard {
  return { waiting: new Map(), settled: new Map() };
}

/** Takes in what was just seen of `target`, at a moment of the monotonic clock. */
export function lookForUnheard(
  { waiting, settled }: Unheard,
  core: Core,
  target: Target,
  nowMs: number,
): void {
  const observation = core.fleet.get(target);
  if (observation === undefined) {
    waiting.delete(target);
    settled.delete(target);
    return;
  }
  const { pod, connected } = observation;
  if (connected) settled.set(target, pod);
  const sentence = settled.get(target) === pod ? '' : wrongWith(core, observation);
  if (sentence === '') {
    waiting.delete(target);
    return;
  }
  const before = waiting.get(target);
  if (before?.pod === pod) waiting.set(target, { ...before, sentence });
  else {
    // At the end of the line.
    waiting.delete(target);
    waiting.set(target, { pod, sinceMs: nowMs, sentence });
  }
}

/** When the next one is due, on the monotonic clock; undefined: nobody waits. */
export function unheardDueMs({ waiting }: Unheard): number | undefined {
  const [first] = waiting.values();
  return first === undefined ? undefined : first.sinceMs + UNHEARD_MS;
}

/** Everybody who is due; they are not told again before their pod is another one. */
export function takeUnheard({ waiting, settled }: Unheard, nowMs: number): readonly Why[] {
  const due = [...waiting].filter(([, { sinceMs }]) => sinceMs + UNHEARD_MS <= nowMs);
  for (const [target, { pod }] of due) {
    waiting.delete(target);
    settled.set(target, pod);
  }
  return due.map(([target, { sentence }]) => ({ target, sentence }));
}

/** Empty for one whose pod goes, and for one that is only not there yet. */
function wrongWith(core: Core, observation: Observation): string {
  if (observation.podPhase !== 'running') return '';
  const isBeginning = observation.trouble === NO_PLACE && observation.podFacts.sentence === '';
  return isBeginning ? '' : troubleOf(core, observation);
}
