// Which request a transition is.

import type { HttpSettings } from '../../../protos/adapter/http.ts';
import { RECOVER } from '../../../protos/machine/table.ts';
import type { PerformCall } from '../adapter.ts';
import { tokenText } from '../token.ts';
import { fillBody, fillHeader, fillPath, type Values } from './template.ts';

/** Carries the token, so that a process can tell a request that it has seen and echo what it executed. */
export const TOKEN_HEADER = 'X-Baton-Token';

/** One HTTP request. */
export type HttpRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Command =
  | { readonly kind: 'send'; readonly request: HttpRequest }
  /** The process takes no part in this transition. */
  | { readonly kind: 'skip' }
  /** There is no request for recover: the process is taken at its word about its state. */
  | { readonly kind: 'look' };

/** Who the target is, for placeholders. */
export type Who = { readonly partition: string; readonly segment: string; readonly ordinal: number };

/** What the words in braces stand for in requests of this call; `callback` is empty without one. */
export function valuesOf(call: Omit<PerformCall, 'attachment'>, who: Who, callback: string): Values {
  const { transition, from, to, budgetMs, runNumber } = call;
  const { partition, segment, ordinal } = who;
  const given: unknown = JSON.parse(call.argumentsJson);
  const told = { token: tokenText(call.token), transition, from, to, budgetMs, run: runNumber };
  return { ...told, arguments: given, partition, segment, ordinal, callback };
}

/** What is to be done for a transition. */
export function commandOf(settings: HttpSettings, transition: string, values: Values): Command {
  const own = Object.hasOwn(settings.transitions, transition) ? settings.transitions[transition] : undefined;
  if (own?.skip === true) return { kind: 'skip' };
  if (own === undefined && transition === RECOVER) return { kind: 'look' };
  const { command, completion } = settings;
  const method = own?.method ?? command.method ?? 'POST';
  const callback = completion.type === 'callback' ? { [completion.header]: String(values['callback']) } : {};
  const token = String(values['token']);
  const headers: Record<string, string> = { [TOKEN_HEADER]: token, 'Idempotency-Key': token, ...callback };
  for (const [name, text] of Object.entries({ ...command.headers, ...own?.headers })) {
    headers[name] = fillHeader(text, values);
  }
  return {
    kind: 'send',
    request: {
      method,
      path: fillPath(own?.path ?? command.path ?? '/fsm/{transition}', values),
      headers,
      body: method === 'GET' ? '' : JSON.stringify(bodyOf(own?.body ?? command.body, values)),
    },
  };
}

function bodyOf(template: unknown, values: Values): unknown {
  if (template !== undefined) return fillBody(template, values);
  const { token, transition, from, to, run, budgetMs, callback } = values;
  const all = { token, transition, from, to, run, budgetMs, arguments: values['arguments'] };
  return callback === '' ? all : { ...all, callback };
}
