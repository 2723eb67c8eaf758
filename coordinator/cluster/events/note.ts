// What is worth an Event of a Partition: what `kubectl describe` shows a person who was not there.

import type { FinishedOperation, FinishedRun, JournalState } from '../../core/model/journal.ts';
import type { Outcome } from '../../core/model/operation.ts';
import type { Target } from '../../core/model/partition.ts';
import type { Core } from '../../core/model/picture.ts';
import { troubleSentence } from '../../core/policy.ts';
import { nameSome } from '../cordon/cordon.ts';
import type { Why } from './unheard.ts';

export type Note = {
  readonly type: 'Normal' | 'Warning';
  /** One word for programs. */
  readonly reason: string;
  /** What the coordinator did, one word. */
  readonly action: string;
  /** One or two sentences. */
  readonly sentence: string;
  /** What is told: the same thing is one Event, whichever leader tells it. */
  readonly key: string;
};

const REASONS = {
  succeeded: 'OperationSucceeded',
  failed: 'OperationFailed',
  cancelled: 'OperationCancelled',
} as const satisfies Record<Outcome, string>;

/** An operation has ended, and perhaps its run. The next leader would tell it by the same key. */
export function endNote({ journalId, runs }: JournalState, finished: FinishedOperation): Note {
  const { operation, outcome, cause, troubles, finishedAtMs } = finished;
  const run = runs.findLast((each) => each.endedAtMs === finishedAtMs && each.number === operation.runNumber);
  const by = operation.operator === '' ? '' : ` by ${operation.operator}`;
  const [trouble] = troubles;
  const words = [
    `${operation.title}${by} ${outcome}`,
    cause === '' ? '' : `: ${cause}`,
    cause === '' && trouble !== undefined ? `, ${troubleSentence(trouble, troubles.length - 1)}` : '',
    run === undefined ? '' : `; ${runWords(run)}`,
  ];
  const isWell = outcome === 'succeeded' && run?.clean !== false;
  return {
    type: isWell ? 'Normal' : 'Warning',
    reason: REASONS[outcome],
    action: 'Operate',
    sentence: words.join(''),
    key: `operation ${journalId} ${operation.number}`,
  };
}

function runWords({ number, clean, cause }: FinishedRun): string {
  return clean ? `run ${number} ended clean` : `run ${number} ended unclean: ${cause}`;
}

/** A run that nobody stopped has ended: none of its processes is in it any more. */
export function abandonedNote({ journalId }: JournalState, run: FinishedRun): Note {
  return {
    type: 'Warning',
    reason: 'RunAbandoned',
    action: 'Observe',
    sentence: runWords(run),
    key: `run ${journalId} ${run.number}`,
  };
}

/** What was asked was not done. */
export function refusalNote(core: Core, sentence: string): Note {
  return {
    type: 'Warning',
    reason: 'Refused',
    action: 'Refuse',
    sentence,
    key: `${here(core)} Refused ${sentence}`,
  };
}

/** Targets that had been heard are not heard any more. */
export function lostNote(core: Core, targets: readonly Target[]): Note {
  const [first] = targets;
  const why = first === undefined ? '' : (core.fleet.get(first)?.trouble ?? '');
  const sentence = `not heard any more: ${nameSome(targets)}${why === '' ? '' : ` (${why})`}`;
  return {
    type: 'Warning',
    reason: 'TargetsLost',
    action: 'Observe',
    sentence,
    key: `${here(core)} TargetsLost ${sentence}`,
  };
}

/** Targets whose pod is there, and who cannot be commanded. */
export function unheardNote(core: Core, unheard: readonly Why[]): Note {
  const [first, ...others] = unheard;
  const also = others.length === 0 ? '' : `; nor can ${nameSome(others.map(({ target }) => target))}`;
  const sentence = `cannot be commanded: ${first?.target ?? ''}: ${first?.sentence ?? ''}${also}`;
  return warning(core, 'TargetsNotCommanded', sentence);
}

/** Anything else that people should know of a partition, under a reason in one word. */
export function warning(core: Core | undefined, reason: string, sentence: string): Note {
  const key = `${core === undefined ? 'unled' : here(core)} ${reason} ${sentence}`;
  return { type: 'Warning', reason, action: 'Observe', sentence, key };
}

/** What only this leader has seen is not the same when another one sees it. */
function here({ journal }: Core): string {
  return `${journal.journalId} ${journal.epoch}`;
}
