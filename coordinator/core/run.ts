// When a run ends, and whether its end is clean (P16).

import { isInRun } from '../../protos/machine/table.ts';
import { isKnown } from './fleet.ts';
import type { OpenOperation, OpenRun, RunEnd } from './model/journal.ts';
import type { Outcome } from './model/operation.ts';
import type { Incarnations } from './model/partition.ts';
import type { Core, Observation } from './model/picture.ts';
import { troubleSentence } from './policy.ts';
import { podOf, targetsOf } from './targets.ts';

/** The end of the open run that the end of `open` is; undefined when the run goes on or there is none. */
export function runEndOf(core: Core, open: OpenOperation, outcome: Outcome): RunEnd | undefined {
  const { journal } = core;
  const { run } = journal;
  if (run === undefined) return undefined;
  const { operation } = open;
  const { startsRunAt, endsRunAt } = operation;
  if (startsRunAt !== undefined && operation.runNumber === run.number && nobodyStarted(open, startsRunAt)) {
    return { number: run.number, clean: false, cause: 'it did not start' };
  }
  if (endsRunAt === undefined || open.step <= endsRunAt || someoneGoesOn(core, run.incarnations))
    return undefined;
  const cause = whyUnclean(run, open, outcome);
  return { number: run.number, clean: cause === '', cause };
}

/**
 * A target that left alone does not end the run of the others. Who is in error or gone does not keep it, nor
 * does a process that is not attached: what its sidecar still tells of it is its last word.
 */
function someoneGoesOn({ fleet, partition }: Core, started: Incarnations): boolean {
  for (const observation of fleet.values()) {
    if (!isKnown(observation)) continue;
    const { segment, ordinal, reported } = observation;
    const same = started[segment]?.[ordinal] === reported.incarnation;
    if (same && !reported.inError && isInRun(partition.machine, reported.state)) return true;
  }
  return false;
}

/**
 * The end of an open run in which nobody is any more: each process that started it is seen to be another one,
 * or at rest. Who cannot be seen may still be in it. Undefined while the run goes on.
 */
export function abandonedRun({ journal, fleet, partition, departing, hearing }: Core): RunEnd | undefined {
  const { run, open } = journal;
  if (run === undefined || open !== undefined) return undefined;
  for (const observation of fleet.values()) {
    const { target, segment, ordinal, connected, reported, endedPods } = observation;
    const started = run.incarnations[segment]?.[ordinal] ?? '';
    if (started === '' || endedPods.includes(podOf(started))) continue;
    // Its hook may still lead it into the run.
    if (journal.unknown[target] !== undefined) return undefined;
    if (departing.has(target) && !hearing.has(target) && isSilent(observation)) continue;
    if (!connected || reported === undefined) return undefined;
    const out = reported.state !== '' && !isInRun(partition.machine, reported.state);
    if (reported.incarnation === started && !out) return undefined;
  }
  return {
    number: run.number,
    clean: false,
    cause: run.unclean || 'none of its processes is in it any more',
  };
}

/**
 * Of one that the document does not have nothing more may ever be heard: no pod comes after its last, and of those
 * before, a forced deletion leaves nobody who would tell. One whose pod is there may yet be heard.
 */
function isSilent({ connected, reported, endedPods, podPhase }: Observation): boolean {
  if (reported === undefined) return podPhase !== 'running' && podPhase !== 'deleting';
  if (endedPods.includes(podOf(reported.incarnation))) return true;
  return !connected && (podPhase === 'ended' || podPhase === 'removed');
}

/**
 * Clean only if every target that took part from the start executed every step of the way down. Of several causes the
 * first is told: others often follow from it.
 */
function whyUnclean(run: OpenRun, open: OpenOperation, outcome: Outcome): string {
  if (run.unclean !== '') return run.unclean;
  const [trouble] = open.troubles;
  if (trouble !== undefined) return troubleSentence(trouble, open.troubles.length - 1);
  if (outcome !== 'succeeded') return 'the stop did not succeed';
  return replacedSince(run.incarnations, open.operation.incarnations);
}

function replacedSince(started: Incarnations, stopped: Incarnations): string {
  for (const [segment, incarnations] of Object.entries(started)) {
    for (const [ordinal, incarnation] of incarnations.entries()) {
      if (incarnation === '' || stopped[segment]?.[ordinal] === incarnation) continue;
      return `${segment}-${ordinal} had left, or was another process, when the run was stopped`;
    }
  }
  return '';
}

/** True when no target can be in the run: none executed the step into it, and none failed on the way. */
function nobodyStarted(open: OpenOperation, startsRunAt: number): boolean {
  const step = open.operation.steps[startsRunAt];
  const done =
    open.step > startsRunAt ? (step?.waves.length ?? 0) : open.step === startsRunAt ? open.wave : 0;
  const outside = new Set(
    open.troubles.filter((trouble) => NOTHING_BEGUN.has(trouble.kind)).map((t) => t.target),
  );
  const asked = (step?.waves.slice(0, done) ?? []).flatMap((wave) => [...targetsOf(wave)]);
  return asked.every(({ target }) => outside.has(target));
}

const NOTHING_BEGUN = new Set<string>(['refused', 'settled', 'absent', 'gone']);
