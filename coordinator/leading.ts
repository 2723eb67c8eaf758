// One partition that this process leads: its line of events, the streams to its sidecars, and who watches it.

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Dialling } from '../protos/credentials/dialling.ts';
import type { RunControlError } from '../protos/failure/trouble.ts';
import type { Surroundings } from './api/view.ts';
import { Watchers } from './api/watchers.ts';
import type { Clock } from './clock.ts';
import { initialCore } from './core/core.ts';
import type { JournalState } from './core/model/journal.ts';
import type { Partition, Target } from './core/model/partition.ts';
import type { Core } from './core/model/picture.ts';
import type { Event } from './core/model/turn.ts';
import type { Discovery } from './fleet/discovery.ts';
import { Dispatcher } from './fleet/dispatcher.ts';
import type { Greeting } from './fleet/down.ts';
import type { Journal } from './journal/journal.ts';
import { storageTrouble } from './journal/trouble.ts';
import { type Change, type Gate, Sequencer } from './sequencer.ts';

export type LeadingParts = {
  readonly partition: Partition;
  /** Of the partition in a cluster; empty on one machine. */
  readonly namespace: string;
  readonly heartbeatMs: number;
  /** Disposed of with what is led, and when it cannot be led. */
  readonly journal: Journal;
  /** What people call the journal: its path, or `namespace/name`. */
  readonly place: string;
  readonly discovery: Discovery;
  /** How sidecars are dialled: in plaintext on this machine unless said otherwise. */
  readonly dialling?: Dialling | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told after each turn, once everything is committed. */
  readonly onChange?: ((core: Core, change: Change) => void) | undefined;
  readonly gate?: Gate | undefined;
  /** What people should know of the partition as a whole, one sentence each. */
  readonly notices?: (() => readonly string[]) | undefined;
  /**
   * Stands between the streams and the line of events: gives each event to `post`, now or later, and what a target
   * says in its order. False when there is no room for it.
   */
  readonly hear?: ((event: Event, post: (event: Event) => boolean) => boolean) | undefined;
  /** Nothing is done for this partition any more: a lost lead, a journal that cannot be written, a bug (P8). */
  readonly onFatal: (error: unknown) => void;
};

/** A partition while this process leads it. */
export class Leading implements AsyncDisposable {
  readonly name: string;
  readonly namespace: string;
  readonly sequencer: Sequencer;
  readonly watchers: Watchers;
  /** What a view needs beside the core, now. */
  readonly surroundings: () => Surroundings;
  readonly #held: AsyncDisposableStack;

  constructor(parts: {
    readonly name: string;
    readonly namespace: string;
    readonly sequencer: Sequencer;
    readonly watchers: Watchers;
    readonly surroundings: () => Surroundings;
    readonly held: AsyncDisposableStack;
  }) {
    this.name = parts.name;
    this.namespace = parts.namespace;
    this.sequencer = parts.sequencer;
    this.watchers = parts.watchers;
    this.surroundings = parts.surroundings;
    this.#held = parts.held;
  }

  /** What is committed, and what is seen. */
  get core(): Core {
    return this.sequencer.core;
  }

  /**
   * The document was edited, or a segment has another number of members. Who comes is dialled; who goes is kept
   * as long as the journal speaks of it; another machine waits for the end of the operation and the run.
   */
  change(partition: Partition): void {
    this.sequencer.post({ type: 'document', partition });
  }

  /** Ends every watcher with `why`; they may watch the next leader. */
  dismiss(why: RunControlError): void {
    this.watchers.close(why);
  }

  /** Ends streams and the line of events, then gives the journal back. Whoever still waits is answered. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }
}

/**
 * Replays the journal and leads; resolves once that is durable. Throws RunControlError STORAGE when the journal
 * cannot be used or is another partition's, and what `onFatal` is told when the lead came to nothing.
 */
export async function leadPartition(parts: LeadingParts): Promise<Leading> {
  await using held = new AsyncDisposableStack();
  const journal = held.use(parts.journal);
  const { partition, place, clock, log, gate, onFatal } = parts;
  const { state, at } = await journal.read();
  checkOwner(place, state, partition);
  const surroundings = (): Surroundings => ({
    nowMs: clock().monotonicMs,
    addressOf: (target) => dispatcher.address(target),
    notices: parts.notices,
  });
  const watchers = new Watchers({ core: () => sequencer.core, surroundings });
  const onChange = (change: Change): void => {
    watchers.changed(change);
    parts.onChange?.(sequencer.core, change);
  };
  const core = initialCore(partition, state);
  const sequencer = held.use(new Sequencer({ core, at, journal, clock, log, gate, onChange, onFatal }));
  const dispatcher = held.use(dispatcherOf(parts, sequencer));
  await sequencer.start(dispatcher, randomUUID());
  const { namespace } = parts;
  return new Leading({
    name: partition.name,
    namespace,
    sequencer,
    watchers,
    surroundings,
    held: held.move(),
  });
}

function dispatcherOf(parts: LeadingParts, sequencer: Sequencer): Dispatcher {
  const { discovery, clock, log, heartbeatMs, dialling, hear } = parts;
  const post = (event: Event): boolean => sequencer.post(event);
  return new Dispatcher({
    targets: [...sequencer.core.fleet.keys()],
    discovery,
    greeting: (target) => greetingOf(sequencer.core, target),
    post: hear === undefined ? post : (event) => hear(event, post),
    clock,
    random: Math.random,
    log,
    heartbeatMs,
    dialling,
  });
}

/** What a coordinator with this core says of itself to `target`. */
export function greetingOf({ partition, journal }: Core, target: Target): Greeting {
  const { journalId, epoch, operationNumber, open, adopted } = journal;
  return {
    partition: partition.name,
    journalId,
    epoch,
    closedThrough: open === undefined ? operationNumber : open.operation.number - 1,
    adoptedFromJournalId: adopted[target] ?? '',
  };
}

/** Throws RunControlError STORAGE when the journal is another partition's: what it remembers is not ours. */
function checkOwner(place: string, state: JournalState, { name }: Partition): void {
  if (state.journalId === '' || state.partition === name) return;
  throw storageTrouble(place, {
    wrong: `belongs to partition ${state.partition}, and this is ${name}`,
    todo: 'use one journal for each partition',
  });
}
