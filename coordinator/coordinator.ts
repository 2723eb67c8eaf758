// One coordinator process: it listens, waits for the lock, replays the journal, and leads.

import type { Logger } from 'pino';
import type { Dialling } from '../protos/credentials/dialling.ts';
import type { CredentialStore } from '../protos/credentials/store.ts';
import { tellRefused } from '../protos/credentials/tell.ts';
import { reach } from '../protos/failure/reach.ts';
import { RunControlError } from '../protos/failure/trouble.ts';
import { type ServeTls, type Serving, serve } from '../protos/serve.ts';
import { auditInterceptor, certifiedWho } from './api/audit.ts';
import { chosen, type Partitions } from './api/partitions.ts';
import { COORDINATOR_SERVICE, coordinatorService } from './api/service.ts';
import { partitionSummary } from './api/view.ts';
import type { Clock } from './clock.ts';
import type { Partition } from './core/model/partition.ts';
import type { Discovery } from './fleet/discovery.ts';
import { watchPlace } from './journal/place.ts';
import { openSqliteJournal } from './journal/sqlite.ts';
import { type Leading, leadPartition } from './leading.ts';
import { noteLeader, readLeader } from './lease/leader.ts';
import { canonicalPath, waitForLock } from './lease/lock.ts';

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
    const here = (): Coordinator => {
      if (coordinator === undefined) throw noLeader(journal);
      return coordinator;
    };
    const partitions: Partitions = {
      find: (name) => chosen([here().#requireLeading()], name),
      list: () => [partitionSummary(here().#requireLeading().core, '')],
    };
    const services = [coordinatorService(partitions, parts.log)];
    const { listen, insecureListen } = parts;
    const interceptors = [auditInterceptor(parts.log, certifiedWho)];
    const serving = await serve({ listen, insecureListen, tls: tlsOf(parts), services, interceptors });
    coordinator = new Coordinator({ ...parts, journal }, serving);
    return coordinator;
  }

  private constructor(parts: CoordinatorParts, serving: Serving) {
    this.#parts = parts;
    this.#serving = serving;
    this.address = serving.address;
    serving.setHealth(COORDINATOR_SERVICE, false);
    this.leads = this.#lead();
    this.begun = Promise.race([this.#standsBy.promise, this.leads.then(() => undefined)]);
    // Whoever awaits them hears of a failure; nobody has to.
    for (const promise of [this.leads, this.begun]) promise.catch(() => undefined);
  }

  /** Refuses new calls, ends watchers and streams, gives back the lock, then stops the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#serving.setHealth(COORDINATOR_SERVICE, false);
    await this.leads.catch(() => false);
    this.#leading?.dismiss(stoppingTrouble());
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
    const { journal: path, log, clock, partition, heartbeatMs, discovery } = this.#parts;
    const { signal } = this.#stopping;
    const onWait = (): void => {
      log.info({ leader: readLeader(path) }, 'stands by');
      this.#standsBy.resolve();
    };
    const lock = await waitForLock(path, { signal, onWait });
    if (lock === undefined) return false;
    this.#held.use(lock);
    reach('lease.locked');
    const { onFatal } = this.#parts;
    const leading = this.#held.use(
      await leadPartition({
        partition,
        namespace: '',
        heartbeatMs,
        journal: openSqliteJournal(path),
        place: path,
        discovery,
        dialling: diallingOf(this.#parts),
        clock,
        log,
        onFatal,
      }),
    );
    this.#held.use(watchPlace(path, onFatal));
    // Not before there is a record: the note beside a journal without any tells that it was lost.
    noteLeader(path, { pid: process.pid, address: this.address, sinceMs: Math.round(clock().wallMs) });
    reach('lease.noted');
    reach('coordinator.leads');
    this.#leading = leading;
    this.#serving.setHealth(COORDINATOR_SERVICE, !signal.aborted);
    return true;
  }
}

function tlsOf({ tls: store, partition, log }: CoordinatorParts): ServeTls | undefined {
  return store && { store, realm: partition.name, refused: tellRefused(log) };
}

function diallingOf({ tls: store, insecureDial }: CoordinatorParts): Dialling {
  return store === undefined ? { kind: 'plaintext', beyond: insecureDial === true } : { kind: 'tls', store };
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
