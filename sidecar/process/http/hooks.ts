// The one transition that a process runs, over all attachments: an HTTP process cannot be told to drop a call, so
// what was sent is minded until its end is known.

import { randomBytes } from 'node:crypto';
import type { HttpSettings } from '../../../protos/adapter/http.ts';
import { RECOVER } from '../../../protos/machine/table.ts';
import type { Clock } from '../../clock.ts';
import type { ProcessState } from '../../rules/model.ts';
import type { PerformCall } from '../adapter.ts';
import type { HookEnd } from '../said.ts';
import { type Book, type Sent, storageTrouble } from './book.ts';
import type { Callbacks } from './callbacks.ts';
import type { Who } from './command.ts';
import { canResume, type HookEnding, type HookOptions, resumeHook, runHook } from './hook.ts';
import type { Verdict } from './judge.ts';
import type { Line } from './line.ts';
import { look, type Seen } from './look.ts';
import { pause } from './pause.ts';
import { hasArrived, hasEchoed, hasEnded, IDLE_MS_MIN, processState, stateIn } from './reading.ts';

/** How long the state may lag behind an answer that says done, in milliseconds. */
export const STATE_LAG_MS = 2_000;

/** Between two looks while it lags, in milliseconds. */
const LAG_LOOK_MS = 50;

/** How long a process may take to tell its state after a transition, in milliseconds. */
const STATE_TIMEOUT_MS = 5_000;

export type HooksOptions = {
  readonly settings: HttpSettings;
  readonly who: Who;
  readonly clock: Clock;
  readonly book: Book;
  readonly callbacks: Callbacks | undefined;
  readonly signal: AbortSignal;
  /** What must be noted could not be. */
  readonly fatal: (trouble: unknown) => void;
};

/** Whom to tell; an attachment that has ended takes no notice. */
export type Listener = {
  readonly ended: (call: PerformCall, end: HookEnd) => void;
  readonly lost: (why: string) => void;
};

type Running = {
  readonly cut: AbortController;
  readonly left: PromiseWithResolvers<void>;
  answered: boolean;
};

export class Hooks {
  readonly #options: HooksOptions;
  readonly #tasks = new Set<Promise<void>>();
  #running: Running | undefined;
  #changes = 0;
  #idleSinceMs: number | undefined;

  constructor(options: HooksOptions) {
    this.#options = options;
  }

  /** Grows whenever a transition begins or ends: a look that was under way then has seen both sides of it. */
  get changes(): number {
    return this.#changes;
  }

  /** True while its answer is awaited: a process of one thread may then answer nothing else. */
  get isOutstanding(): boolean {
    return this.#running !== undefined && !this.#running.answered;
  }

  /** Resolves once the request of the present one has left, or it is over: before, nothing can be given up. */
  async left(): Promise<void> {
    await this.#running?.left.promise;
  }

  /** Starts one. */
  begin(call: PerformCall, line: Line, listener: Listener): void {
    const { settings, book } = this.#options;
    const { token, transition, from, to } = call;
    const callback = settings.completion.type === 'callback' ? randomBytes(18).toString('base64url') : '';
    const sent: Sent = { token, transition, from, to, accepted: false, job: '', callback };
    book.send(sent);
    this.#idleSinceMs = undefined;
    this.#start(line, async (options) => {
      const ending = await runHook(options, call, sent);
      await this.#end(options, { ending, sent, listener, call });
    });
  }

  /**
   * What a look at a new attachment means for what was sent before: it is over by the process's word, or its end is
   * still waited for. A call that is open outlives attachments: it ends by its answer, or when that is owed.
   */
  settle(seen: Seen, line: Line, listener: Listener): void {
    const { settings, book } = this.#options;
    const { sent } = book;
    if (sent === undefined) return;
    if (this.#running !== undefined) {
      if (this.owes(seen)) this.#drop(seen);
      return;
    }
    const isPolled = settings.completion.type === 'poll' && sent.accepted;
    if (!isPolled && this.#isOver(seen, sent)) this.#drop(seen);
    else if (canResume(settings, sent)) this.#resume(sent, line, listener);
  }

  /** What the process says of itself. */
  read(seen: Seen): ProcessState {
    const { settings, book } = this.#options;
    const { sent } = book;
    if (sent !== undefined && this.#running === undefined && this.#isOver(seen, sent)) this.#drop(seen);
    if (book.sent === undefined && seen.busy !== true) book.observe(stateIn(settings, seen, book.state));
    return processState(settings, seen, { state: book.state, sent: book.sent, executed: book.executed });
  }

  /** True when the process has long run nothing, and yet the answer to what it was asked is awaited. */
  owes(seen: Seen): boolean {
    const { settings, book } = this.#options;
    if (this.#running === undefined || book.sent === undefined) return false;
    if (this.#running.answered && settings.completion.type !== 'callback') return false;
    return this.#idleForMs(hasEnded(seen, book.sent)) >= IDLE_MS_MIN;
  }

  /** Cuts what runs: it concerned a life of the process that is over. */
  cut(): void {
    this.#running?.cut.abort();
    this.#options.callbacks?.keep('');
    this.#running = undefined;
    this.#changes += 1;
  }

  /** Resolves when nothing of it goes on any more; `signal` has aborted before. */
  async done(): Promise<void> {
    await Promise.all(this.#tasks);
  }

  #resume(sent: Sent, line: Line, listener: Listener): void {
    this.#start(line, async (options) => {
      options.sent();
      if (sent.accepted) options.answered();
      const ending = await resumeHook(options, sent);
      await this.#end(options, { ending, sent, listener, call: undefined });
    });
  }

  #start(line: Line, run: (options: HookOptions) => Promise<void>): void {
    const { signal: stopped, ...rest } = this.#options;
    const left = Promise.withResolvers<void>();
    const running: Running = { cut: new AbortController(), left, answered: false };
    const signal = AbortSignal.any([stopped, running.cut.signal]);
    const answered = () => {
      running.answered = true;
    };
    this.#running = running;
    this.#changes += 1;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const work = run({ ...rest, line, signal, answered, sent: left.resolve }).catch(
      storageTrouble(this.#options.fatal),
    );
    const task = Promise.race([work, aborted]).finally(() => {
      this.#tasks.delete(task);
      left.resolve();
      // Its end may have come by another way than the answer: a request that nobody waits for any more is let go.
      running.cut.abort();
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#changes += 1;
    });
    this.#tasks.add(task);
  }

  async #end(options: HookOptions, hook: Ended): Promise<void> {
    const { ending, sent, listener, call } = hook;
    if (options.signal.aborted) return;
    if (ending.kind !== 'ended') {
      // Never left: whatever the process does, it is not this.
      if (ending.kind === 'unsent') options.book.close({ state: sent.from });
      else options.callbacks?.keep(sent.callback);
      this.#free();
      listener.lost(ending.why);
      return;
    }
    const { verdict } = ending;
    const state = await this.#stateAfter(options, sent, verdict);
    if (options.signal.aborted) return;
    const executed = verdict.outcome === 'executed' ? { executed: sent.token } : {};
    options.book.close({ ...executed, state: state ?? '' });
    this.#free();
    if (state === undefined) listener.lost(`it did not tell its state after ${sent.transition}`);
    else if (call !== undefined) listener.ended(call, { ...verdict, state });
  }

  /** Before anybody is told: what is told may lead to the next one at once. */
  #free(): void {
    this.#running = undefined;
    this.#changes += 1;
  }

  /**
   * Where it is once it runs nothing; empty when it does not know, undefined when it cannot be asked. An answer may
   * be sent a moment before the state is changed.
   */
  async #stateAfter(options: HookOptions, sent: Sent, { outcome }: Verdict): Promise<string | undefined> {
    const { settings, clock, line, signal, book } = options;
    const wanted = outcome === 'executed' ? sent.to : outcome === 'refused' ? book.state : '';
    if (settings.state === undefined)
      return outcome === 'executed' && sent.transition === RECOVER ? '' : wanted;
    const untilMs = clock.nowMs() + STATE_LAG_MS;
    for (;;) {
      const seen = await look({ ...settings, health: undefined }, line, STATE_TIMEOUT_MS);
      if (seen.kind !== 'seen') return undefined;
      const state = stateIn(settings, seen, wanted);
      const isThere = outcome !== 'executed' || wanted === '' || state === wanted || clock.nowMs() > untilMs;
      if (seen.busy !== true && isThere) return state;
      await pause(clock, LAG_LOOK_MS, signal);
      if (signal.aborted) return undefined;
    }
  }

  /** Of one whose answer cannot come any more: by a sign of success at once; by idleness only after a while. */
  #isOver(seen: Seen, sent: Sent): boolean {
    const isThere = hasEchoed(seen, sent) || hasArrived(this.#options.settings, seen, sent);
    if (seen.busy !== true && isThere) return true;
    return this.#idleForMs(hasEnded(seen, sent)) >= IDLE_MS_MIN;
  }

  #idleForMs(isIdle: boolean): number {
    const nowMs = this.#options.clock.nowMs();
    this.#idleSinceMs = isIdle ? (this.#idleSinceMs ?? nowMs) : undefined;
    return this.#idleSinceMs === undefined ? 0 : nowMs - this.#idleSinceMs;
  }

  /** It is over, and whether it was done the rules prove. */
  #drop(seen: Seen): void {
    const { settings, book } = this.#options;
    this.cut();
    book.close({ state: stateIn(settings, seen, '') });
  }
}

type Ended = {
  readonly ending: HookEnding;
  readonly sent: Sent;
  readonly listener: Listener;
  /** Undefined when it was resumed: then nobody awaits the answer, only the end. */
  readonly call: PerformCall | undefined;
};
