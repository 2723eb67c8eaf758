import { setTimeout as pause } from 'node:timers/promises';
import { assert, unreachable } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { RECOVER } from '../../../protos/machine/table.ts';
import { BIG_CAUSE_BYTES, type Fault, type Faults, WRONG_STATE } from './faults.ts';
import type { Perform } from './parse.ts';
import {
  admit,
  attach,
  type Caller,
  type Desk,
  type Ending,
  end,
  newDesk,
  sameToken,
  strangerCause,
  type Token,
} from './rules.ts';
import { type Duty, EXECUTED, INITIAL, legality, type Outcome } from './steps.ts';
import { troubleSentence } from './trouble.ts';

/** The process answers when so much of its budget is spent, so that its own word arrives in time. */
export const BUDGET_SHARE = 0.9;

/** How often it is looked whether a transition still is held, in milliseconds. */
const HELD_LOOK_MS = 20;

export type ClerkOptions = {
  readonly duty: Duty;
  /** Chosen at random at each start. */
  readonly startId: string;
  readonly faults: () => Faults;
  /** Called before anything else is done for a request that is begun. */
  readonly onBeginning: (request: Perform) => void;
  /** Called after each transition, whatever came of it. */
  readonly onEnding: (request: Perform, ending: Ending) => void;
};

/** An ending that is told to nobody: the fault `dropAnswer`. */
export type Answer = { readonly ending: Ending; readonly dropped: boolean };

/** Takes one transition after the other, by the rules, and remembers how each ended. */
export class Clerk {
  readonly #options: ClerkOptions;
  readonly #listeners = new Set<() => void>();
  #desk: Desk;
  #running:
    | { readonly token: Token; readonly stop: AbortController; readonly answer: Promise<Answer> }
    | undefined;

  constructor(options: ClerkOptions) {
    this.#options = options;
    this.#desk = newDesk({ startId: options.startId, state: INITIAL });
  }

  get desk(): Desk {
    return this.#desk;
  }

  trouble(): string {
    return this.#options.duty.trouble();
  }

  /** Throws RunControlError REFUSED when the attachment is not newer than the present one. */
  attach(attachment: number): Desk {
    const next = attach(this.#desk, attachment);
    const cause = `attachment ${attachment} is not newer than the present one, ${this.#desk.attachment}`;
    if (next === undefined) throw new RunControlError('REFUSED', cause);
    this.#become(next);
    return next;
  }

  /** Throws RunControlError REFUSED unless the caller is the present attachment of this life. */
  check(caller: Caller): void {
    const cause = strangerCause(this.#desk, caller);
    if (cause !== undefined) throw new RunControlError('REFUSED', cause);
  }

  /** Begins the transition, or joins or remembers the one of this token. Throws as `check` does. */
  async perform(request: Perform): Promise<Answer> {
    this.check(request.caller);
    const admission = admit(this.#desk, request.token);
    switch (admission.kind) {
      case 'begin':
        return this.#begin(admission.desk, request);
      case 'join':
        assert(this.#running !== undefined, 'a busy desk has a running transition');
        return this.#running.answer;
      case 'remembered':
        return { ending: admission.ending, dropped: false };
      case 'refused':
        return { ending: { outcome: admission, state: this.#desk.state }, dropped: false };
      default:
        return unreachable(admission);
    }
  }

  /** Asks the running transition to end, if it has this token. Throws as `check` does. */
  giveUp(caller: Caller, token: Token): void {
    this.check(caller);
    if (this.#running !== undefined && sameToken(this.#running.token, token)) this.#running.stop.abort();
  }

  /** Calls `listener` after each change of what the process says of itself; gives what ends that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something changed: tell everybody who listens. */
  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #begin(desk: Desk, request: Perform): Promise<Answer> {
    const stop = new AbortController();
    this.#options.onBeginning(request);
    this.#become(desk);
    const answer = this.#carryOut(request, stop.signal).then((answered) => {
      this.#running = undefined;
      this.#become(end(this.#desk, answered.ending));
      this.#options.onEnding(request, answered.ending);
      return answered;
    });
    this.#running = { token: request.token, stop, answer };
    return answer;
  }

  #become(desk: Desk): void {
    this.#desk = desk;
    this.notify();
  }

  async #carryOut(request: Perform, givenUp: AbortSignal): Promise<Answer> {
    const before = this.#desk.state;
    try {
      const fault = this.#options.faults()[request.transition];
      if (fault?.kind === 'held') await this.#held(request.transition, givenUp);
      const stopped = fault === undefined ? undefined : await sufferBefore(fault, givenUp);
      if (stopped !== undefined) return { ending: stoppedAt(before, stopped), dropped: false };
      const ending = await this.#act(request, givenUp);
      return sufferAfter(fault, ending);
    } catch (error) {
      return {
        ending: { outcome: { kind: 'failed', cause: troubleSentence(error) }, state: before },
        dropped: false,
      };
    }
  }

  async #held(transition: string, givenUp: AbortSignal): Promise<void> {
    const isHeld = () => this.#options.faults()[transition]?.kind === 'held';
    while (isHeld() && !givenUp.aborted) await pause(HELD_LOOK_MS);
  }

  async #act(request: Perform, givenUp: AbortSignal): Promise<Ending> {
    const { duty } = this.#options;
    if (request.transition === RECOVER) return { outcome: EXECUTED, state: await duty.recover() };
    const before = this.#desk.state;
    const legal = legality({ name: request.transition, state: before, to: request.to });
    if (legal.kind === 'illegal') return { outcome: { kind: 'refused', cause: legal.cause }, state: before };
    const budgetSpent = AbortSignal.timeout(Math.ceil(request.budgetMs * BUDGET_SHARE));
    const signal = AbortSignal.any([givenUp, budgetSpent]);
    const order = { run: request.run, arguments: request.arguments, signal };
    const outcome = (await duty.steps[legal.name]?.(order)) ?? EXECUTED;
    if (outcome.kind === 'executed') return { outcome, state: outcome.state ?? legal.to };
    return stoppedAt(before, outcome);
  }
}

/** How something ended that was not executed. */
function stoppedAt(before: string, outcome: Outcome): Ending {
  return { outcome, state: outcome.kind === 'failed' ? (outcome.state ?? before) : before };
}

/** What the fault makes of the transition before it acts; undefined when it acts all the same. */
async function sufferBefore(fault: Fault, givenUp: AbortSignal): Promise<Outcome | undefined> {
  switch (fault.kind) {
    case 'slow':
      return pause(fault.ms, undefined, { signal: givenUp }).then(
        () => undefined,
        () => ({ kind: 'failed', cause: 'given up while it was slow (a fault on demand)' }),
      );
    case 'hang':
      await untilAborted(fault.deaf === true ? new AbortController().signal : givenUp);
      return { kind: 'failed', cause: 'given up while it hung (a fault on demand)' };
    case 'refuse':
      return { kind: 'refused', cause: 'refused on demand' };
    case 'fail':
      return { kind: 'failed', cause: 'failed on demand', ...(fault.state && { state: fault.state }) };
    case 'big':
      return { kind: 'failed', cause: 'x'.repeat(BIG_CAUSE_BYTES) };
    case 'crash':
      return process.exit(1);
    case 'held':
      return givenUp.aborted
        ? { kind: 'failed', cause: 'given up while it was held (a fault on demand)' }
        : undefined;
    case 'dropAnswer':
    case 'wrongState':
      return undefined;
    default:
      return unreachable(fault);
  }
}

function sufferAfter(fault: Fault | undefined, ending: Ending): Answer {
  const claimed = fault?.kind === 'wrongState' ? { ...ending, state: WRONG_STATE } : ending;
  return { ending: claimed, dropped: fault?.kind === 'dropAnswer' };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
