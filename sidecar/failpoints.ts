// Which failpoints one reaction of the rules passes.

import type { Failpoint } from '../protos/failure/failpoints.ts';
import { reach } from '../protos/failure/reach.ts';
import type { Effect, Event, Memory, Sidecar } from './rules/model.ts';

type When = 'before' | 'after';

/** What is remembered, by what it means. */
const POINTS = {
  fence: { before: 'sidecar.before-fence', after: 'sidecar.fence-persisted' },
  settle: { before: 'sidecar.before-settle', after: 'sidecar.settle-persisted' },
  incarnation: { before: 'sidecar.before-incarnation', after: 'sidecar.incarnation-persisted' },
  doing: { before: 'sidecar.before-doing', after: 'sidecar.doing-persisted' },
  answer: { before: 'sidecar.hook-ended', after: 'sidecar.answer-persisted' },
  leaving: { before: 'sidecar.before-leaving', after: 'sidecar.leaving-persisted' },
  local: { before: 'sidecar.before-local', after: 'sidecar.local-persisted' },
  localStep: { before: 'sidecar.before-local-step', after: 'sidecar.local-step-persisted' },
  localStepEnd: { before: 'sidecar.before-local-step-end', after: 'sidecar.local-step-ended' },
  serving: { before: 'sidecar.before-return', after: 'sidecar.return-persisted' },
} as const satisfies Record<string, Record<When, Failpoint>>;

/** One event of which the rules have made `after`; its memory is another one than `before`. */
export type Change = { readonly event: Event; readonly before: Memory; readonly after: Memory };

/** Before the memory is written. */
export function reachUnwritten(change: Change): void {
  reach('sidecar.before-persist', duringOf(change));
  reachSteps('before', change);
}

/** Once the memory is written. */
export function reachWritten(change: Change): void {
  reach('sidecar.persisted', duringOf(change));
  reachSteps('after', change);
}

/** The process tells of a hook that it runs. */
export function reachObserved({ hook, memory }: Sidecar, event: Event): void {
  const runs = event.type === 'observed' && event.process.busy !== undefined;
  if (runs && hook?.awaits === 'answer') reach('sidecar.hook-runs', transitionIn(memory));
}

/** Before one effect is run. */
export function reachBefore(effect: Effect): void {
  if (effect.type === 'answerPreStop') reach('sidecar.before-pre-stop-answer');
}

/** After one effect was run. */
export function reachAfter(effect: Effect, memory: Memory): void {
  if (effect.type === 'perform') reach('sidecar.hook-called', effect.transition);
  if (effect.type === 'send' && effect.message.type === 'answer')
    reach('sidecar.answer-sent', transitionIn(memory));
}

function reachSteps(when: When, change: Change): void {
  const { event, before, after } = change;
  const step = (name: keyof typeof POINTS, isMade: boolean, during = duringOf(change)): void => {
    if (isMade) reach(POINTS[name][when], during);
  };
  step('fence', event.type === 'hello' && before.fence !== after.fence);
  step('settle', event.type === 'settle' && before.fence !== after.fence);
  step('incarnation', before.incarnation !== after.incarnation);
  step('doing', before.last !== after.last && after.last !== undefined && after.last.answer === undefined);
  step('answer', before.last?.answer !== after.last?.answer && after.last?.answer !== undefined);
  step('leaving', before.leaving === 'no' && after.leaving === 'leaving');
  step('local', before.leaving !== after.leaving && isLocal(after));
  // One step of the way down may end and the next begin in one reaction.
  const other = before.local !== after.local;
  step('localStepEnd', other && before.local !== undefined, before.local?.transition);
  step('localStep', other && after.local !== undefined, after.local?.transition);
  step('serving', before.leaving !== 'no' && after.leaving === 'no');
}

function isLocal({ leaving }: Memory): boolean {
  return leaving === 'local' || leaving === 'localRestart';
}

/** The transition that goes on, or that has just ended. */
function duringOf({ before, after }: Change): string | undefined {
  return transitionIn({ local: after.local ?? before.local, last: after.last ?? before.last });
}

function transitionIn({ local, last }: Pick<Memory, 'local' | 'last'>): string | undefined {
  return (local ?? last)?.transition;
}
