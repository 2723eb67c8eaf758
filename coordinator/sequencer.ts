// Everything that happens is put into one line here and handled one after the other. The order of each turn
// is law: observe, decide, make the records durable, commit, and only then the effects (P1, P4).

import type { Logger } from 'pino';
import { assert, unreachable } from '../protos/failure/invariant.ts';
import { reach } from '../protos/failure/reach.ts';
import { RunControlError } from '../protos/failure/trouble.ts';
import { Alarms } from './alarms.ts';
import { Callers } from './callers.ts';
import { logRecords, logTargetChange } from './chronicle.ts';
import type { Clock } from './clock.ts';
import { commit, decide, observe } from './core/core.ts';
import type { JournalRecord } from './core/model/journal.ts';
import type { Target } from './core/model/partition.ts';
import type { Core, Observation } from './core/model/picture.ts';
import type { Caller, Decision, Effect, Event, Response } from './core/model/turn.ts';
import { operationWord, reachObserved, reachUnwritten, reachWritten } from './failpoints.ts';
import type { Dispatcher } from './fleet/dispatcher.ts';
import type { Journal, Position } from './journal/journal.ts';
import { EVENTS_QUEUED_MAX, EventQueue } from './queue.ts';
import { lastWordsOf, refusedOf, roomless, STOPPING } from './refused.ts';

const ALWAYS_TAKEN = new Set<Event['type']>(['disconnected', 'deadline', 'heardEnough', 'document']);

/** What one turn may have changed. */
export type Change = {
  /** The target that the event spoke of. */
  readonly target: Target | undefined;
  /** Records were written: operation, run or leader may have changed. */
  readonly recorded: boolean;
  /** Why what was asked is not done, when that is for people who watch the partition; absent: nothing was refused. */
  readonly refused?: string;
  /** Targets came or went; absent: nobody did. */
  readonly members?: boolean;
};

/**
 * What must be true in the world before the effects of durable records begin, or undefined when nothing must:
 * that a PodDisruptionBudget guards a run before its start is sent, say. Everything else waits meanwhile: it must
 * resolve soon, whether it succeeded or not.
 */
export type Gate = (core: Core, records: readonly JournalRecord[]) => Promise<void> | undefined;

export type SequencerParts = {
  readonly core: Core;
  readonly at: Position;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly gate?: Gate | undefined;
  /** Told after each turn, once everything is committed. */
  readonly onChange: (change: Change) => void;
  /** The process must end: a bug, a lost lead, a journal that cannot be written. Nothing is done any more. */
  readonly onFatal: (error: unknown) => void;
};

type Streams = Pick<Dispatcher, 'send' | 'connect' | 'connectAll' | 'follow'>;

/** The line of events, from `start` until it is disposed of. */
export class Sequencer implements AsyncDisposable {
  readonly #parts: SequencerParts;
  #core: Core;
  #at: Position;
  #streams: Streams | undefined;
  readonly #queue = new EventQueue();
  #isTurning = false;
  #turns: Promise<void> = Promise.resolve();
  #isOver = false;
  /** What ended it before its time. */
  #failure: { readonly error: unknown } | undefined;
  /** What callers are told once it is over. */
  #lastWords = STOPPING;
  readonly #callers = new Callers();
  readonly #alarms = new Alarms((event) => this.post(event));

  constructor(parts: SequencerParts) {
    this.#parts = parts;
    this.#core = parts.core;
    this.#at = parts.at;
  }

  /** What is committed, and what is seen. */
  get core(): Core {
    return this.#core;
  }

  /**
   * Begins to lead; resolves once that is durable. `newJournalId` becomes the journal's id if it has none.
   * Throws what `onFatal` was told when it came to nothing: whoever has written no record leads nobody.
   */
  async start(streams: Streams, newJournalId: string): Promise<void> {
    this.#streams = streams;
    this.#enqueue({ type: 'lead', newJournalId });
    await this.#turns;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Takes an event; false when there is no room. The end of a stream, a deadline and a document are always taken. */
  post(event: Event): boolean {
    if (this.#isOver) return true;
    if (this.#queue.isFull && !ALWAYS_TAKEN.has(event.type)) return false;
    this.#enqueue(event);
    return true;
  }

  /**
   * Takes an event that is answered; resolves once the answer is durable (P6). Throws RunControlError LIMIT
   * when there is no room. When this coordinator ends first the answer is the trouble STOPPING, or STORAGE
   * when its journal cannot be written.
   */
  async ask(toEvent: (caller: Caller) => Event): Promise<Response> {
    if (this.#isOver) return this.#lastWords;
    const { caller, answered } = this.#callers.open();
    if (this.post(toEvent(caller))) return answered;
    this.#callers.close(caller);
    throw new RunControlError('LIMIT', `${EVENTS_QUEUED_MAX} events wait for their turn; ask again later`);
  }

  /** Takes nothing more, lets the present append end, and answers whoever still waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await this.#turns;
    this.#callers.answerAll(this.#lastWords);
  }

  #enqueue(event: Event): void {
    this.#queue.add(event);
    // An async function runs on the spot up to its first await: a turn without records takes no detour.
    if (!this.#isTurning) this.#turns = this.#takeTurns();
  }

  async #takeTurns(): Promise<void> {
    this.#isTurning = true;
    try {
      for (let event = this.#next(); event !== undefined; event = this.#next()) {
        const before = this.#observed(event);
        const decision = this.#decide(event);
        const during = operationWord(this.#core, decision.records);
        if (decision.records.length > 0) {
          reachUnwritten(decision.records, during);
          this.#at = await this.#parts.journal.append(this.#at, decision.records);
          reachWritten(decision.records, during);
        }
        // Told to stop while the records became durable: the next leader goes on from them.
        if (this.#isOver) return;
        logTargetChange(this.#parts.log, this.#core, before);
        this.#commit(decision, during);
        const opens = this.#parts.gate?.(this.#core, decision.records);
        if (opens !== undefined) await opens;
        if (this.#isOver) return;
        this.#act(event, decision, during);
      }
    } catch (error) {
      // P8: whatever it was, nothing further may be done on a picture that the journal does not share.
      this.#end();
      this.#failure = { error };
      this.#lastWords = lastWordsOf(error);
      this.#callers.answerAll(this.#lastWords);
      this.#parts.onFatal(error);
    } finally {
      this.#isTurning = false;
    }
  }

  #next(): Event | undefined {
    if (this.#isOver) this.#queue.clear();
    return this.#queue.take();
  }

  #observed(event: Event): Observation | undefined {
    const target = targetOf(event);
    return target === undefined ? undefined : this.#core.fleet.get(target);
  }

  #decide(event: Event): Decision {
    const now = this.#parts.clock();
    observe(this.#core, event, now);
    reachObserved(event, operationWord(this.#core, []));
    const decision = decide(this.#core, event, now);
    // What follows without anybody's asking is never refused: there is room left for it.
    if (event.type !== 'submit' || decision.records.length === 0) return decision;
    const trouble = this.#parts.journal.room?.(decision.records);
    return trouble === undefined ? decision : roomless(event.caller, trouble);
  }

  #commit(decision: Decision, during: string | undefined): void {
    this.#core = commit(this.#core, decision);
    logRecords(this.#parts.log, this.#core, decision.records);
    if (decision.records.length > 0) reach('coordinator.committed', during);
  }

  #act(event: Event, decision: Decision, during: string | undefined): void {
    for (const effect of decision.effects) {
      if (effect.type === 'respond') reach('coordinator.before-respond', during);
      this.#run(effect);
      if (effect.type === 'send' && effect.message.type === 'request') reach('coordinator.asked', during);
    }
    // Nothing is left to wait for.
    if (this.#core.hearing.size === 0) this.#alarms.heard();
    const refused = refusedOf(event, decision);
    const members = decision.effects.some((effect) => effect.type === 'follow');
    this.#parts.onChange({
      target: targetOf(event),
      recorded: decision.records.length > 0,
      ...(members ? { members } : {}),
      ...(refused === undefined ? {} : { refused }),
    });
  }

  #run(effect: Effect): void {
    assert(this.#streams !== undefined, 'effects follow from events, and the first event is to lead');
    switch (effect.type) {
      case 'send':
        return this.#streams.send(effect.target, effect.message);
      case 'connectAll':
        return this.#streams.connectAll();
      case 'connect':
        return this.#streams.connect(effect.target);
      case 'follow':
        return this.#streams.follow(effect.targets);
      case 'takeNext':
        // It had its turn, or follows from one that has: there is room for it.
        return this.#enqueue(effect.event);
      case 'hear':
        return this.#alarms.hear(effect.afterMs);
      case 'arm':
        return this.#alarms.arm(effect.deadline, effect.afterMs);
      case 'respond':
        return this.#callers.answer(effect.caller, effect.response);
      default:
        return unreachable(effect);
    }
  }

  #end(): void {
    this.#isOver = true;
    this.#alarms[Symbol.dispose]();
  }
}

function targetOf(event: Event): Target | undefined {
  return 'target' in event ? event.target : undefined;
}
