// How a command ends for the person who gave it: what happened, what is true now, what to do next.

import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { Trouble__Output } from '../../../protos/generated/baton/v1/Trouble.ts';
import { GO_TO } from '../../../protos/machine/limits.ts';
import type { Picture } from '../picture.ts';
import { statusTone } from './lists.ts';
import { count, statusWord } from './operation.ts';
import { printable, type View } from './table.ts';
import { standing, stateWord } from './target.ts';
import { took } from './time.ts';

/** Targets in trouble that are told by name; the rest is counted. */
const NAMED_MAX = 6;

/** Commands that are offered next. */
const OFFERED_MAX = 3;

/** The last words on an operation that has ended. */
export function outcomeLines(
  operation: Operation__Output,
  picture: Picture,
  /** Names of the machine's sequences: of what is allowed, they are what people mostly want. */
  sequences: readonly string[],
  view: View,
): readonly string[] {
  return [
    ...happenedLines(operation, view),
    `now: ${nowWords(picture)}`,
    `next: ${nextCommands(operation, picture, sequences).join(' · ')}`,
  ];
}

/** What is true now, in one line: `mini is running, run 5 goes on`, with what is wrong counted and named. */
export function nowWords(picture: Picture): string {
  const { partition } = picture;
  const run = partition.run;
  const troubled = [...picture.targets.values()].filter(({ view }) =>
    ['error', 'unknown', 'absent'].includes(standing(view)),
  );
  const parts = [
    `${partition.name} is ${partition.state === '' ? 'unknown' : partition.state}`,
    run === null ? '' : runSentence(run.number, run.status, run.cause),
    named(troubled.map(({ view }) => `${view.target} ${stateWord(view)}`)),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What to try next, as commands; at least one. */
export function nextCommands(
  operation: Operation__Output,
  picture: Picture,
  sequences: readonly string[],
): readonly string[] {
  const troubled = [...picture.targets.values()].filter(({ view }) =>
    ['error', 'unknown'].includes(standing(view)),
  );
  const look = operation.troubles.length > 0 ? `baton operations ${operation.number}` : 'baton status';
  const recover = troubled.length === 0 ? [] : ['baton recover'];
  // A way to a state is offered as what it is, where somebody stands apart.
  const allowedNow = picture.partition.allowedNow.filter((name) => name !== GO_TO);
  const allowed = [
    ...allowedNow.filter((name) => sequences.includes(name)),
    ...allowedNow.filter((name) => !sequences.includes(name)),
  ];
  const together = recover.length === 0 && picture.partition.state === 'mixed' ? gather(picture) : [];
  return [look, ...recover, ...together, ...allowed.map((name) => `baton send ${name}`)].slice(
    0,
    OFFERED_MAX,
  );
}

/** From a mixed partition: back to where most of it stands. */
function gather(picture: Picture): readonly string[] {
  const states = [...picture.targets.values()].map(({ view }) => view.state).filter((state) => state !== '');
  const [most] = [...Map.groupBy(states, (state) => state)].toSorted((a, b) => b[1].length - a[1].length);
  return most === undefined ? [] : [`baton goto ${most[0]}`];
}

function happenedLines(operation: Operation__Output, view: View): readonly string[] {
  const lasted = took(operation.finishedAtMs - operation.acceptedAtMs);
  const what = `${operation.title} ${view.paint(statusTone(operation), statusWord(operation))}`;
  if (operation.status === 'OPERATION_STATUS_SUCCEEDED') {
    const steps = operation.steps.length;
    const done = steps === 0 ? 'there was nothing to do' : `${count(steps, 'step')} in ${lasted}`;
    // A success may have gone on without a target, by policy: that is not to be hidden.
    return [`${what}: ${done}`, ...troubleLines(operation.troubles)];
  }
  const cause = operation.cause === '' ? '' : `: ${printable(operation.cause)}`;
  return [`${what}${whereWords(operation)} after ${lasted}${cause}`, ...troubleLines(operation.troubles)];
}

/** Where it ended. An operation stands at the wave that would come next: a failure lies before that. */
function whereWords({ status, step: next, wave, steps, troubles }: Operation__Output): string {
  // All steps were taken: what failed on the way is named by the cause.
  if (next >= steps.length) return '';
  const hasFailed = status === 'OPERATION_STATUS_FAILED';
  const at = hasFailed ? (troubles.at(-1)?.step ?? next) : next;
  const begun = hasFailed || wave > 0;
  return ` ${begun ? 'in' : 'before'} step ${at + 1} of ${steps.length} (${steps[at]?.transition})`;
}

function troubleLines(troubles: readonly Trouble__Output[]): readonly string[] {
  const lines = troubles.slice(0, NAMED_MAX).map((trouble) => {
    const cause = trouble.cause === '' ? '' : `: ${printable(trouble.cause)}`;
    const policy = trouble.excluded ? ' (went on without it)' : '';
    // Who was not there when it began has failed in no transition.
    const what = [trouble.target, trouble.kind, trouble.transition].filter((word) => word !== '').join(' ');
    return `  ${what}${cause}${policy}`;
  });
  const left = troubles.length - lines.length;
  return left > 0 ? [...lines, `  and ${left} more`] : lines;
}

function runSentence(number: number, status: string, cause: string): string {
  if (status === 'RUN_STATUS_OPEN') return `run ${number} goes on`;
  if (status === 'RUN_STATUS_CLEAN') return `run ${number} ended clean`;
  return `run ${number} ended unclean${cause === '' ? '' : ` (${printable(cause)})`}`;
}

function named(words: readonly string[]): string {
  const left = words.length - NAMED_MAX;
  const shown = words.slice(0, NAMED_MAX).join(', ');
  return left > 0 ? `${shown} and ${left} more` : shown;
}
