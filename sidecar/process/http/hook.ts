// One transition of an HTTP process, from its request to the process's word on its end.

import type { Completion, HttpSettings } from '../../../protos/adapter/http.ts';
import { unreachable } from '../../../protos/failure/invariant.ts';
import type { Clock } from '../../clock.ts';
import type { PerformCall } from '../adapter.ts';
import { sentence } from '../said.ts';
import { type Book, JOB_CHARACTERS_MAX, type Sent } from './book.ts';
import type { Callbacks } from './callbacks.ts';
import { commandOf, type HttpRequest, valuesOf, type Who } from './command.ts';
import type { Exchanged } from './exchange.ts';
import { parseBody, textAt } from './json.ts';
import { bodyHolds, judgeAnswer, type Verdict, whyNot } from './judge.ts';
import type { Line } from './line.ts';
import { pause } from './pause.ts';
import { type Polled, pollUntilDone } from './poll.ts';

/** How a hook ended. */
export type HookEnding =
  | { readonly kind: 'ended'; readonly verdict: Verdict }
  /** Nothing of it left the sidecar. */
  | { readonly kind: 'unsent'; readonly why: string }
  /** Whether it goes on is to be asked of the process. */
  | { readonly kind: 'unknown'; readonly why: string };

export type HookOptions = {
  readonly settings: HttpSettings;
  readonly who: Who;
  readonly clock: Clock;
  readonly line: Line;
  readonly book: Book;
  /** Undefined unless the end is told by callback. */
  readonly callbacks: Callbacks | undefined;
  /** Cuts it short; what it gives then concerns nobody. */
  readonly signal: AbortSignal;
  /** The request has left. */
  readonly sent: () => void;
  /** The process has answered the request: from here on it can be looked at again. */
  readonly answered: () => void;
};

/** Sends the request of a transition, once, and waits for its end. `sent` is what the book says of it. */
export async function runHook(options: HookOptions, call: PerformCall, sent: Sent): Promise<HookEnding> {
  const { settings, who, callbacks } = options;
  const url = sent.callback === '' ? '' : (callbacks?.url(sent.callback) ?? '');
  const values = valuesOf(call, who, url);
  const command = commandOf(settings, call.transition, values);
  switch (command.kind) {
    case 'skip':
      return ended({ outcome: 'executed', cause: '' });
    case 'look':
      return ended(lookedVerdict(settings));
    case 'send':
      return sendAndWait(options, command.request, sent);
    default:
      return unreachable(command);
  }
}

/** Waits on for the end of what a process had taken before the sidecar, or its attachment, began anew. */
export async function resumeHook(options: HookOptions, sent: Sent): Promise<HookEnding> {
  using called = expectCall(options, sent);
  // Awaited here, or the callback would be forgotten before it came.
  return await complete(options, sent, called);
}

/** True when the end of what was sent can still be learnt. */
export function canResume({ completion }: HttpSettings, sent: Sent): boolean {
  if (completion.type === 'poll') return sent.accepted;
  return completion.type === 'callback' && sent.callback !== '';
}

async function sendAndWait(options: HookOptions, request: HttpRequest, sent: Sent): Promise<HookEnding> {
  const { settings, line, signal, answered, sent: left } = options;
  // Before the request leaves: the answer may be here sooner than the acknowledgement.
  using called = expectCall(options, sent);
  const asked = line.ask(request, { signal, sent: left });
  const first = await Promise.race([asked, called.body]);
  answered();
  if (typeof first === 'string') return ended(calledVerdict(settings, first));
  if (first.kind !== 'answered') return unanswered(first, sent.transition);
  const verdict = judgeAnswer(settings, first.answer);
  if (verdict.outcome !== 'executed' || settings.completion.type === 'immediate') return ended(verdict);
  const job = jobOf(settings.completion, first.answer.body);
  options.book.accept(job);
  return await complete(options, { ...sent, accepted: true, job }, called);
}

async function complete(options: HookOptions, sent: Sent, called: Called): Promise<HookEnding> {
  const { settings, line, clock, signal } = options;
  const { completion } = settings;
  switch (completion.type) {
    case 'immediate':
      return { kind: 'unknown', why: `nothing tells the end of ${sent.transition}` };
    case 'callback':
      return ended(calledVerdict(settings, await called.body));
    case 'poll': {
      const wait = () => pause(clock, completion.intervalMs, signal);
      const polled = await pollUntilDone({ settings, completion, line, sent, wait, signal, clock });
      // Then only its state can tell: it is not asked again how that ended.
      if (polled.kind === 'unheardOf' && !signal.aborted) options.book.send({ ...sent, accepted: false });
      return polledEnding(polled, sent);
    }
    default:
      return unreachable(completion);
  }
}

type Called = Disposable & { readonly body: Promise<string> };

/** Waits for the callback of a transition; for ever when none is expected. */
function expectCall({ callbacks, signal }: HookOptions, { callback }: Sent): Called {
  const { promise, resolve } = Promise.withResolvers<string>();
  const forget = (callback === '' ? undefined : callbacks?.expect(callback, resolve)) ?? (() => {});
  // From then on its answer is late.
  signal.addEventListener('abort', forget, { once: true });
  return {
    body: promise,
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', forget);
      forget();
    },
  };
}

function calledVerdict(settings: HttpSettings, body: string): Verdict {
  const { completion } = settings;
  const isDone = completion.type === 'callback' && bodyHolds(completion.done, parseBody(body));
  if (isDone) return { outcome: 'executed', cause: '' };
  return { outcome: 'failed', cause: whyNot(settings, { status: 200, body }) };
}

function polledEnding(polled: Polled, { transition }: Sent): HookEnding {
  if (polled.kind === 'ended') return ended(polled.verdict);
  return { kind: 'unknown', why: sentence(`asking for the end of ${transition}: ${polled.why}`) };
}

function unanswered(exchanged: Exclude<Exchanged, { kind: 'answered' }>, transition: string): HookEnding {
  switch (exchanged.kind) {
    case 'unsent':
      return { kind: 'unsent', why: sentence(`${transition} could not be sent: ${exchanged.why}`) };
    case 'broken':
      return { kind: 'unknown', why: sentence(`the call of ${transition} broke: ${exchanged.why}`) };
    case 'late':
      return { kind: 'unknown', why: `the call of ${transition} was not answered in time` };
    default:
      return unreachable(exchanged);
  }
}

/** Without a request for recover the process is taken at its word, if it has one. */
function lookedVerdict({ state }: HttpSettings): Verdict {
  if (state !== undefined) return { outcome: 'executed', cause: '' };
  return {
    outcome: 'refused',
    cause: 'the process tells no state and has no request for recover: restart it',
  };
}

function jobOf(completion: Completion, body: string): string {
  if (completion.type !== 'poll' || completion.job === undefined) return '';
  return (textAt(parseBody(body), completion.job) ?? '').slice(0, JOB_CHARACTERS_MAX);
}

function ended(verdict: Verdict): HookEnding {
  return { kind: 'ended', verdict };
}
