// What happened, for figures: derived from what the rules decided, so that the rules know nothing of it.

import type { PreStopFault } from './probes/server.ts';
import type { Answer, Effect, RefusalCode, Sidecar } from './rules/model.ts';

export type Notice =
  | { readonly type: 'hookBegan'; readonly transition: string }
  | { readonly type: 'hookEnded'; readonly transition: string; readonly outcome: Answer['kind'] }
  | { readonly type: 'refused'; readonly code: RefusalCode }
  | { readonly type: 'preStopRefused'; readonly why: PreStopFault };

/** What one reaction did. An answer that is told again is no news. */
export function noticesOf(before: Sidecar, after: Sidecar, effects: readonly Effect[]): readonly Notice[] {
  const ended = [endOfRequest(before, after), endOfLocalStep(before, after)].filter(
    (each) => each !== undefined,
  );
  return [...ended, ...effects.flatMap((effect) => noticeOf(before, effect) ?? [])];
}

function endOfRequest({ memory: before }: Sidecar, { memory: after }: Sidecar): Notice | undefined {
  const answer = after.last?.answer;
  if (answer === undefined || before.last === undefined || before.last.answer !== undefined) return undefined;
  if (before.last.token !== after.last?.token) return undefined;
  return { type: 'hookEnded', transition: before.last.transition, outcome: answer.kind };
}

function endOfLocalStep({ memory: before }: Sidecar, { memory: after }: Sidecar): Notice | undefined {
  if (before.local === undefined || after.local !== undefined) return undefined;
  // The process died in the middle of it: nobody can say what it did.
  if (after.incarnation !== before.incarnation) {
    return { type: 'hookEnded', transition: before.local.transition, outcome: 'interrupted' };
  }
  const outcome = after.value.error ? 'failed' : 'executed';
  return { type: 'hookEnded', transition: before.local.transition, outcome };
}

function noticeOf({ memory }: Sidecar, effect: Effect): Notice | undefined {
  if (effect.type === 'perform') return { type: 'hookBegan', transition: effect.transition };
  if (effect.type !== 'send' || effect.message.type !== 'answer') return undefined;
  const { answer } = effect.message;
  if (answer === memory.last?.answer || answer.code === undefined) return undefined;
  return { type: 'refused', code: answer.code };
}
