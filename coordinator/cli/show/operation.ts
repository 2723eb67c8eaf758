import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { TargetView__Output } from '../../../protos/generated/baton/v1/TargetView.ts';
import type { Wave__Output } from '../../../protos/generated/baton/v1/Wave.ts';
import type { Seen } from '../picture.ts';
import { rangeWords } from './ranges.ts';
import { age, took } from './time.ts';

/** Awaited targets that are told one by one; more are told as ranges. */
const AWAITED_SHOWN_MAX = 4;

/** Where an open operation is. Numbers are for people: they count from 1. */
export type Progress = {
  readonly step: number;
  readonly steps: number;
  readonly transition: string;
  readonly wave: number;
  readonly waves: number;
  readonly members: number;
  /** Targets of the present wave that still have to answer, by what is seen of them. */
  readonly awaited: readonly string[];
};

/** Where an operation is, from its steps and from what is seen of its targets; undefined without steps. */
export function progressOf(
  operation: Operation__Output,
  targets: ReadonlyMap<string, Seen>,
): Progress | undefined {
  const step = operation.steps[operation.step];
  const wave = step?.waves[operation.wave];
  if (step === undefined || wave === undefined) return undefined;
  const troubled = new Set(
    operation.troubles.filter((each) => each.step === operation.step).map((each) => each.target),
  );
  const members = waveMembers(wave);
  const awaited = members
    .filter(({ target }) => !troubled.has(target))
    .filter(({ target, from, to }) => isAwaited(targets.get(target)?.view, step.transition, from, to))
    .map(({ target }) => target);
  return {
    step: operation.step + 1,
    steps: operation.steps.length,
    transition: step.transition,
    wave: operation.wave + 1,
    waves: step.waves.length,
    members: members.length,
    awaited,
  };
}

/** `step 2 of 3 start · wave 3 of 4 · 2 of 4 answered · waiting for readout-1, readout-3`. */
export function progressWords(progress: Progress): string {
  const { awaited, members } = progress;
  const names = awaited.length > AWAITED_SHOWN_MAX ? inRanges(awaited) : awaited;
  const parts = [
    `step ${progress.step} of ${progress.steps} ${progress.transition}`,
    `wave ${progress.wave} of ${progress.waves}`,
    `${members - awaited.length} of ${members} answered`,
    awaited.length === 0 ? '' : `waiting for ${names.join(', ')}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** `239 of readout-0..279`, for each segment. */
function inRanges(targets: readonly string[]): readonly string[] {
  const parts = targets.map((target) => {
    const at = target.lastIndexOf('-');
    return { segment: target.slice(0, at), ordinal: Number(target.slice(at + 1)) };
  });
  return [...Map.groupBy(parts, ({ segment }) => segment)].map(([segment, members]) =>
    rangeWords(
      segment,
      members.map(({ ordinal }) => ordinal),
    ),
  );
}

/** An open operation in two lines: title, age and id, then where it is. */
export function openOperationWords(
  operation: Operation__Output,
  targets: ReadonlyMap<string, Seen>,
  wallMs: number,
): readonly string[] {
  const progress = progressOf(operation, targets);
  const parts = [
    operation.title,
    operation.cancelRequested ? 'cancel asked' : '',
    age(wallMs - operation.acceptedAtMs),
    operation.id,
  ];
  const title = parts.filter((part) => part !== '').join(' · ');
  return progress === undefined ? [title] : [title, progressWords(progress)];
}

/** An operation that has ended, in one line: `sequence start_run done in 1.9 s, 12 s ago`. */
export function operationWords(operation: Operation__Output, wallMs: number): string {
  const lasted = took(operation.finishedAtMs - operation.acceptedAtMs);
  const since = age(wallMs - operation.finishedAtMs);
  const cause = operation.cause === '' ? '' : `: ${operation.cause}`;
  return `${operation.title} ${statusWord(operation)} in ${lasted}, ${since} ago${cause}`;
}

/** One word for an operation's status. */
export function statusWord(operation: Operation__Output): string {
  switch (operation.status) {
    case 'OPERATION_STATUS_OPEN':
      return 'open';
    case 'OPERATION_STATUS_SUCCEEDED':
      return 'done';
    case 'OPERATION_STATUS_FAILED':
      return 'failed';
    case 'OPERATION_STATUS_CANCELLED':
      return 'cancelled';
    // A newer coordinator may know words that this client does not.
    default:
      return 'in a status that this client does not know';
  }
}

/** True for an operation of long ago, of which its waves and most troubles are no longer remembered. */
export function isSummary({ steps }: Operation__Output): boolean {
  return steps.length > 0 && steps.every((step) => step.waves.length === 0);
}

/** `conf → start → enable_triggers · 8 targets · 9 waves`. */
export function planLine(operation: Operation__Output): string {
  if (operation.steps.length === 0) return 'nothing to do';
  const names = operation.steps.map((step) => step.transition).join(' → ');
  if (isSummary(operation)) return names;
  const waves = operation.steps.reduce((sum, step) => sum + step.waves.length, 0);
  const targets = new Set(operation.steps.flatMap((step) => step.waves.flatMap(waveNames)));
  return `${names} · ${count(targets.size, 'target')} · ${count(waves, 'wave')}`;
}

/** `3 waves`, `1 wave`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

type Member = { readonly target: string; readonly from: string; readonly to: string };

function waveMembers(wave: Wave__Output): readonly Member[] {
  return wave.groups.flatMap(({ segment, ordinals, from, to }) =>
    ordinals.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, index) => ({
        target: `${segment}-${first + index}`,
        from,
        to,
      })),
    ),
  );
}

function waveNames(wave: Wave__Output): readonly string[] {
  return waveMembers(wave).map((member) => member.target);
}

/**
 * The wire tells states, not answers: a target is awaited while its hook runs, or while it still stands
 * where the step found it. With a transition that leads nowhere only the running hook shows.
 */
function isAwaited(view: TargetView__Output | undefined, transition: string, from: string, to: string) {
  if (view === undefined || view.inError) return false;
  if (!view.connected || view.doing === transition) return true;
  return from !== to && view.state === from;
}
