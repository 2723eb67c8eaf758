// Words for what is not done.

import { RunControlError } from '../protos/failure/trouble.ts';
import type { Caller, Decision, Event, Response } from './core/model/turn.ts';

/** To whoever waits when this coordinator ends. */
export const STOPPING: Response = {
  kind: 'trouble',
  code: 'STOPPING',
  sentence: 'this coordinator is stopping; ask the next one with the same id',
  problems: [],
};

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

/** What the journal has no room for: as if it had not been asked, but for the answer. */
export function roomless(caller: Caller, { code, message, problems }: RunControlError): Decision {
  const response: Response = { kind: 'trouble', code, sentence: message, problems };
  return { records: [], effects: [{ type: 'respond', caller, response }] };
}

/** After an append that failed nobody knows whether its records are durable: only the next leader does. */
export function lastWordsOf(error: unknown): Response {
  if (!(error instanceof RunControlError)) return STOPPING;
  const sentence = `${error.message}; what was asked may have been accepted: ask the next leader with the same id`;
  return { kind: 'trouble', code: error.code, sentence, problems: [] };
}
