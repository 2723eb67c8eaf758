import type { Decision, Event } from './core/model/turn.ts';

/**
 * Why what was asked is not done, with who asked; undefined: nothing was refused, or it concerns only who asked. Who
 * asks in a bad moment or has mistyped is told so; that the partition is not fit for it is for everybody.
 */
export function refusedOf(event: Event, { effects }: Decision): string | undefined {
  if (event.type !== 'submit') return undefined;
  for (const effect of effects) {
    if (effect.type !== 'respond' || effect.response.kind !== 'trouble') continue;
    const { code, sentence } = effect.response;
    if (code !== 'REFUSED' && code !== 'LIMIT') return undefined;
    return event.operator === '' ? sentence : `${sentence} (asked by ${event.operator})`;
  }
  return undefined;
}
