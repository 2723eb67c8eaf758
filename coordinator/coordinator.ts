// One coordinator process: it listens, waits for the lock, replays the journal, and leads.

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Dialling } from '../protos/credentials/dialling.ts';
import type { CredentialStore } from '../protos/credentials/store.ts';
import { tellRefused } from '../protos/credentials/tell.ts';
import { reach } from '../protos/failure/reach.ts';
import { RunControlError } from '../protos/failure/trouble.ts';
import { type ServeTls, type Serving, serve } from '../protos/serve.ts';
import { coordinatorService, type Leading } from './api/service.ts';
import { Watchers } from './api/watchers.ts';
import type { Clock } from './clock.ts';
import { targetsOfPartition } from './config/partition.ts';
import { initialCore } from './core/core.ts';
import type { JournalState } from './core/model/journal.ts';
import type { Partition, Target } from './core/model/partition.ts';
import type { Core } from './core/model/picture.ts';
import type { Discovery } from './fleet/discovery.ts';
import { Dispatcher } from './fleet/dispatcher.ts';
import type { Greeting } from './fleet/down.ts';
import { watchPlace } from './journal/place.ts';
import { openSqliteJournal } from './journal/sqlite.ts';
import { storageTrouble } from './journal/trouble.ts';
import { noteLeader, readLeader } from './lease/leader.ts';
import { canonicalPath, waitForLock } from './lease/lock.ts';
import { type Change, Sequencer } from './sequencer.ts';

export type CoordinatorParts = {
  readonly partition: Partition;
  readonly heartbeatMs: number;
  /** Path of the SQLite file. */
  readonly journal: string;
  readonly discovery: Discovery;
  readonly listen: string;
  readonly insecureListen: boolean;
  /** Shown to clients and sidecars; without it everything is plaintext. */
  readonly tls?: CredentialStore | undefined;
  /** Allows plaintext to sidecars on other machines. */
  readonly insecureDial?: boolean | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Nothing is done any more and the process must end within a second (P8). */
  readonly onFatal: (error: unknown) => void;
};

const SERVICE = 'baton.v1.Coordinator';

/** A coordinator that listens: it leads, or stands by until the lock is free. */
export class Coordinator implements AsyncDisposable {
  /** `host:port` with the real port. */
  readonly address: string;
  /**
   * True once it leads; false when it was stopped before. Rejects with RunControlError when it cannot lead:
   * a journal that is damaged, read-only, of a newer format.
   */
  readonly leads: Promise<boolean>;
  /** Resolves once it leads or stands by: from then on every call gets a proper answer. Rejects as `leads`. */
  readonly begun: Promise<void>;
  readonly #standsBy = Promise.withResolvers<void>();
  readonly #parts: CoordinatorParts;
  readonly #serving: Serving;
  readonly #held = new AsyncDisposableStack();
  readonly #stopping = new AbortController();
  #leading: Leading | undefined;

  /**
   * Listens, then goes for the lock. Throws RunControlError MALFORMED or UNREACHABLE when it cannot listen,
   * STORAGE when the journal's directory does not exist.
   */
  static async start(parts: CoordinatorParts): Promise<Coordinator> {
    const journal = canonicalPath(parts.journal);
    // The server asks for the leader before there is an object to ask: by then it is `undefined`.
    let coordinator: Coordinator | undefined;
    const leading = (): Leading => {
      if (coordinator === undefined) throw noLeader(journal);
      return coordinator.#requireLeading();
    };
    const services = [coordinatorService(leading, parts.log)];
    const { listen, insecureListen } = parts;
    const serving = await serve({ listen, insecureListen, tls: tlsOf(parts), services });
    coordinator = new Coordinator({ ...parts, journal }, serving);
    return coordinator;
  }

  private constructor(parts: CoordinatorParts, serving: Serving) {
    this.#parts = parts;
    this.#serving = serving;
    this.address = serving.address;
    serving.setHealth(SERVICE, false);
    this.leads = this.#lead();
    this.begun = Promise.race([this.#standsBy.promise, this.leads.then(() => undefined)]);
    // Whoever awaits them hears of a failure; nobody has to.
    for (const promise of [this.leads, this.begun]) promise.catch(() => undefined);
  }

  /** Refuses new calls, ends watchers and streams, gives back the lock, then stops the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#serving.setHealth(SERVICE, false);
    await this.leads.catch(() => false);
    this.#leading?.watchers.close(stoppingTrouble());
    // The lock before the server: the next leader need not wait until the last client has hung up.
    await this.#held.disposeAsync();
    await this.#serving[Symbol.asyncDispose]();
  }

  #requireLeading(): Leading {
    if (this.#stopping.signal.aborted) throw stoppingTrouble();
    if (this.#leading === undefined) throw noLeader(this.#parts.journal);
    return this.#leading;
  }

  async #lead(): Promise<boolean> {
    const { journal: path, log, clock, partition } = this.#parts;
    const { signal } = this.#stopping;
    const onWait = (): void => {
      log.info({ leader: readLeader(path) }, 'stands by');
      this.#standsBy.resolve();
    };
    const lock = await waitForLock(path, { signal, onWait });
    if (lock === undefined) return false;
    this.#held.use(lock);
    reach('lease.locked');
    const journal = this.#held.use(openSqliteJournal(path));
    const { state, at } = await journal.read();
    checkOwner(path, state, partition);
    const core = initialCore(partition, state);
    const surroundings = () => ({
      nowMs: clock().monotonicMs,
      addressOf: (target: Target) => dispatcher.address(target),
    });
    const watchers = new Watchers({ core: () => sequencer.core, surroundings });
    const { onFatal } = this.#parts;
    this.#held.use(watchPlace(path, onFatal));
    const onChange = (change: Change): void => watchers.changed(change);
    const sequencer = this.#held.use(new Sequencer({ core, at, journal, clock, log, onChange, onFatal }));
    const dispatcher = this.#held.use(this.#dispatcher(sequencer));
    await sequencer.start(dispatcher, randomUUID());
    // Not before there is a record: the note beside a journal without any tells that it was lost.
    noteLeader(path, { pid: process.pid, address: this.address, sinceMs: Math.round(clock().wallMs) });
    reach('lease.noted');
    reach('coordinator.leads');
    this.#leading = { sequencer, watchers, surroundings };
    this.#serving.setHealth(SERVICE, !signal.aborted);
    return true;
  }

  #dispatcher(sequencer: Sequencer): Dispatcher {
    const { partition, discovery, clock, log, heartbeatMs } = this.#parts;
    return new Dispatcher({
      targets: targetsOfPartition(partition),
      discovery,
      greeting: (target) => greetingOf(sequencer.core, target),
      post: (event) => sequencer.post(event),
      clock,
      random: Math.random,
      log,
      heartbeatMs,
      dialling: diallingOf(this.#parts),
    });
  }
}

function tlsOf({ tls: store, partition, log }: CoordinatorParts): ServeTls | undefined {
  return store && { store, partition: partition.name, refused: tellRefused(log) };
}

function diallingOf({ tls: store, insecureDial }: CoordinatorParts): Dialling {
  return store === undefined ? { kind: 'plaintext', beyond: insecureDial === true } : { kind: 'tls', store };
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
function checkOwner(path: string, state: JournalState, { name }: Partition): void {
  if (state.journalId === '' || state.partition === name) return;
  throw storageTrouble(path, {
    wrong: `belongs to partition ${state.partition}, and this is ${name}`,
    todo: 'use one folder or file for each partition',
  });
}

function noLeader(journal: string): RunControlError {
  const leader = readLeader(journal);
  const who = leader === undefined ? 'nobody leads yet' : `process ${leader.pid} at ${leader.address} leads`;
  const facts = leader === undefined ? {} : { leader: leader.address, pid: String(leader.pid) };
  return new RunControlError('NO_LEADER', `this coordinator stands by: ${who}`, { facts });
}

function stoppingTrouble(): RunControlError {
  return new RunControlError('STOPPING', 'this coordinator is stopping; ask the next one with the same id');
}
