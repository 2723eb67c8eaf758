// What an answer means, by the rules that the document gives.

import type { AnswerRule, BodyRule, HttpSettings } from '../../../protos/adapter/http.ts';
import { sentence } from '../said.ts';
import { at, parseBody, textAt } from './json.ts';

/** A whole answer. */
export type Answer = { readonly status: number; readonly body: string };

export type Verdict = {
  readonly outcome: 'executed' | 'refused' | 'failed';
  /** One sentence; empty when it was executed. */
  readonly cause: string;
};

/** What the answer to a command says; with a completion of its own `executed` means only: accepted. */
export function judgeAnswer(settings: HttpSettings, answer: Answer): Verdict {
  const { refused, success } = settings;
  if (refused !== undefined && answerHolds(refused, answer)) {
    return { outcome: 'refused', cause: whyNot(settings, answer) };
  }
  if (answerHolds(success, answer)) return { outcome: 'executed', cause: '' };
  return { outcome: 'failed', cause: whyNot(settings, answer) };
}

/** What the document's pointer finds, else the status and what the body begins with. */
export function whyNot({ cause }: Pick<HttpSettings, 'cause'>, { status, body }: Answer): string {
  const told = textAt(parseBody(body), cause);
  if (told !== undefined && told !== '') return sentence(told);
  const redirect = status >= 300 && status < 400 ? ' (redirects are not followed)' : '';
  return sentence(`the process answered ${status}${redirect}: ${body || 'nothing'}`);
}

/** True when status and body are as the rule says. */
export function answerHolds(rule: AnswerRule, { status, body }: Answer): boolean {
  return (
    statusHolds(rule.status, status) && (rule.body === undefined || bodyHolds(rule.body, parseBody(body)))
  );
}

/** True when the status is one of these; without any, always. */
export function statusHolds(wanted: AnswerRule['status'], status: number): boolean {
  if (wanted === undefined) return true;
  return wanted.some((each) => each === status || each === `${Math.floor(status / 100)}xx`);
}

/** True when the value at the pointer is what the rule wants. */
export function bodyHolds({ pointer, equals }: BodyRule, body: unknown): boolean {
  const found = at(body, pointer);
  return Array.isArray(equals) ? equals.some((each) => each === found) : equals === found;
}
