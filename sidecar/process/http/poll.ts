// Asking again and again whether a transition has ended.

import type { Completion, HttpSettings } from '../../../protos/adapter/http.ts';
import type { Clock } from '../../clock.ts';
import { tokenText } from '../token.ts';
import type { Sent } from './book.ts';
import { parseBody, textAt } from './json.ts';
import { bodyHolds, statusHolds, type Verdict, whyNot } from './judge.ts';
import type { Line } from './line.ts';
import { look } from './look.ts';
import { hasArrived, IDLE_MS_MIN } from './reading.ts';
import { fillPath } from './template.ts';

/** How long a process may take to answer one poll, in milliseconds. */
const POLL_TIMEOUT_MS = 5_000;

export type PollOptions = {
  readonly settings: HttpSettings;
  readonly completion: Extract<Completion, { type: 'poll' }>;
  readonly line: Line;
  readonly sent: Sent;
  readonly clock: Clock;
  readonly wait: () => Promise<void>;
  readonly signal: AbortSignal;
};

export type Polled =
  | { readonly kind: 'ended'; readonly verdict: Verdict }
  /** The process does not know of it. */
  | { readonly kind: 'unheardOf'; readonly why: string }
  | { readonly kind: 'broken'; readonly why: string };

/** Gives the process's word on the end, or why it cannot be asked any more. */
export async function pollUntilDone(options: PollOptions): Promise<Polled> {
  const { completion, wait, signal } = options;
  const ask = completion.path === undefined ? stateAsker(options) : pathAsker(options, completion.path);
  for (;;) {
    const polled = await ask();
    if (polled !== undefined) return polled;
    await wait();
    if (signal.aborted) return { kind: 'broken', why: 'the sidecar stopped asking' };
  }
}

/** Undefined: it has not ended yet. */
type Asker = () => Promise<Polled | undefined>;

function pathAsker({ settings, completion, line, sent, signal }: PollOptions, template: string): Asker {
  const { job, token } = sent;
  const path = fillPath(template, { job, token: tokenText(token), transition: sent.transition });
  return async () => {
    const exchanged = await line.ask(
      { method: 'GET', path, headers: {}, body: '' },
      { deadlineMs: POLL_TIMEOUT_MS, signal },
    );
    if (exchanged.kind === 'late') return undefined;
    if (exchanged.kind !== 'answered') return { kind: 'broken', why: exchanged.why };
    const { answer } = exchanged;
    if (statusHolds(['4xx'], answer.status)) return { kind: 'unheardOf', why: whyNot(settings, answer) };
    if (!statusHolds(['2xx'], answer.status)) return undefined;
    const body = parseBody(answer.body);
    // The end of another request, still shown because ours has not begun.
    const isOurs = completion.token === undefined || textAt(body, completion.token) === tokenText(token);
    if (!isOurs) return undefined;
    if (completion.failed !== undefined && bodyHolds(completion.failed, body)) {
      return { kind: 'ended', verdict: { outcome: 'failed', cause: whyNot(settings, answer) } };
    }
    const isDone = completion.done !== undefined && bodyHolds(completion.done, body);
    return isDone ? DONE : undefined;
  };
}

const DONE: Polled = { kind: 'ended', verdict: { outcome: 'executed', cause: '' } };

/** By its state: it has arrived, or echoes the token, or it has long been idle somewhere else. */
function stateAsker({ settings, line, sent, clock }: PollOptions): Asker {
  let idleSinceMs: number | undefined;
  return async () => {
    const looked = await look({ ...settings, health: undefined }, line, POLL_TIMEOUT_MS);
    if (looked.kind === 'late') return undefined;
    if (looked.kind === 'gone') return { kind: 'broken', why: 'the process is gone' };
    if (looked.kind === 'broken') return { kind: 'broken', why: looked.why };
    const { busy, executed } = looked;
    const echoed = executed !== undefined && tokenText(executed) === tokenText(sent.token);
    if (busy !== true && (echoed || hasArrived(settings, looked, sent))) return DONE;
    if (busy !== false) return undefined;
    const nowMs = clock.nowMs();
    idleSinceMs ??= nowMs;
    if (nowMs - idleSinceMs < IDLE_MS_MIN) return undefined;
    const where = looked.word === undefined ? 'nowhere' : `in ${looked.word}`;
    const cause = `${sent.transition} has ended, and the process is ${where}; it shows no sign of success`;
    return { kind: 'ended', verdict: { outcome: 'failed', cause } };
  };
}
