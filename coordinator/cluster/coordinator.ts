// One coordinator process in a cluster: it listens, stands by until the Lease is its own, and then leads every
// Partition of its namespaces.

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { type Serving, serve } from '../../protos/serve.ts';
import type { Partitions } from '../api/partitions.ts';
import { COORDINATOR_SERVICE, coordinatorService } from '../api/service.ts';
import type { Clock } from '../clock.ts';
import type { Leading } from '../leading.ts';
import type { KubeClient } from './client/client.ts';
import type { Options } from './config/options.ts';
import { Errand } from './errand.ts';
import { createMetrics, type Figures } from './http/metrics.ts';
import { type HttpServer, serveHttp } from './http/server.ts';
import { type Identities, type Identity, useIdentity } from './identity/identity.ts';
import { dropLabel, takeLabel } from './leader/label.ts';
import { noLeader } from './leader/noLeader.ts';
import { entryOf } from './permission/entry.ts';
import { Reconciler, type ReconcilerParts } from './reconcile/reconciler.ts';
import { clusterScaling } from './scale/scaling.ts';
import type { PartitionWorld } from './scale/world.ts';

/** Who leads, as the Lease has it. */
export type Election = AsyncDisposable & {
  /** True once this process leads; false when it was stopped before. */
  readonly elected: Promise<boolean>;
  /** False when another one may lead by now. */
  isCertain(): boolean;
  /** Name of the present holder; undefined: nobody, or nobody knows. */
  holder(): string | undefined;
};

export type ClusterCoordinatorParts = Pick<
  Options,
  'listen' | 'http' | 'insecureListen' | 'insecureAnyone' | 'ownPod'
> & {
  readonly client: KubeClient;
  readonly namespaces: readonly string[];
  readonly identity: Identity;
  /** Pods without an identity are led too, in plaintext. */
  readonly plaintextPods: boolean;
  readonly openJournal: ReconcilerParts['openJournal'];
  readonly addressOf?: ReconcilerParts['addressOf'];
  /** Goes for the Lease once this process listens at `address`. */
  readonly elect: (address: string) => Election;
  readonly clock: Clock;
  /** 0..1; Math.random in production. */
  readonly random: () => number;
  readonly log: Logger;
  /** The process must end: a bug, or a lost lead (P8). */
  readonly onFatal: (error: unknown) => void;
};

/** How long the label of a leader that stops may take to go, in milliseconds: the next one takes it off as well. */
const UNLABEL_MS = 1_000;

/** From the moment it listens until it is disposed of. */
export class ClusterCoordinator implements AsyncDisposable {
  readonly #parts: ClusterCoordinatorParts;
  readonly #serving: Serving;
  readonly #http: HttpServer;
  readonly #election: Election;
  readonly #begun: Promise<void>;
  #reconciler: Reconciler | undefined;
  #identities: Identities | undefined;
  #labelling: Errand | undefined;
  #isStopping = false;

  /** Throws RunControlError MALFORMED or UNREACHABLE when it cannot listen. */
  static async start(parts: ClusterCoordinatorParts): Promise<ClusterCoordinator> {
    await using held = new AsyncDisposableStack();
    // The servers ask before there is an object to ask: by then nobody leads.
    let coordinator: ClusterCoordinator | undefined;
    const partitions: Partitions = {
      find: (name) => require(coordinator).find(name),
      list: () => require(coordinator).list(),
      scaling: clusterScaling({
        client: parts.client,
        newId: randomUUID,
        worldOf: (leading) => require(coordinator).worldOf(leading),
      }),
    };
    const { listen, insecureListen, log } = parts;
    const requireAll = (): void => require(coordinator).requireAll();
    const { credit, interceptors } = entryOf(parts, { list: partitions.list, requireAll });
    const services = [coordinatorService(partitions, log, credit)];
    const serving = held.use(await serve({ listen, insecureListen, services, interceptors }));
    const http = held.use(
      await serveHttp({
        listen: parts.http,
        unready: () => coordinator?.unready(),
        metrics: createMetrics(() => coordinator?.figures() ?? NO_FIGURES),
      }),
    );
    coordinator = new ClusterCoordinator(parts, { serving, http });
    held.move();
    return coordinator;
  }

  private constructor(
    parts: ClusterCoordinatorParts,
    { serving, http }: { readonly serving: Serving; readonly http: HttpServer },
  ) {
    this.#parts = parts;
    this.#serving = serving;
    this.#http = http;
    serving.setHealth(COORDINATOR_SERVICE, false);
    this.#election = parts.elect(serving.address);
    this.#begun = this.#begin().catch(parts.onFatal);
  }

  /** `host:port` of gRPC, with the real port. */
  get address(): string {
    return this.#serving.address;
  }

  /** `host:port` of probes and metrics, with the real port. */
  get httpAddress(): string {
    return this.#http.address;
  }

  /** The partition that `name` means, or RunControlError: see `Partitions`. */
  find(name: string): ReturnType<Partitions['find']> {
    return this.#require().find(name);
  }

  list(): ReturnType<Partitions['list']> {
    return this.#require().list();
  }

  /** Throws RunControlError while there may be partitions that are not listed yet, and as `list`. */
  requireAll(): void {
    this.#require().requireAll();
  }

  /** What scaling knows of a partition that is led. Throws RunControlError when it is not any more. */
  worldOf(leading: Leading): PartitionWorld {
    return this.#require().worldOf(leading);
  }

  /** Why the kubelet shall send nobody here; undefined while it can answer, be it as a standby. */
  unready(): string | undefined {
    return this.#isStopping ? 'it is being stopped' : undefined;
  }

  figures(): Figures {
    return this.#reconciler?.figures() ?? NO_FIGURES;
  }

  /**
   * Refuses new calls, ends every lead so that its journal is whole, gives the Lease and the label back, and stops
   * the servers. What was accepted goes on under the next leader.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#serving.setHealth(COORDINATOR_SERVICE, false);
    this.#reconciler?.dismiss(stoppingTrouble());
    await this.#labelling?.[Symbol.asyncDispose]();
    await this.#reconciler?.[Symbol.asyncDispose]();
    await this.#identities?.[Symbol.asyncDispose]();
    // Not before nothing is done any more.
    await Promise.all([this.#election[Symbol.asyncDispose](), this.#unlabel()]);
    await this.#begun;
    await Promise.all([this.#serving[Symbol.asyncDispose](), this.#http[Symbol.asyncDispose]()]);
  }

  async #begin(): Promise<void> {
    const { log, client, ownPod, random, onFatal } = this.#parts;
    if (!(await this.#election.elected) || this.#isStopping) return;
    log.info({}, 'this coordinator leads');
    const identities = useIdentity(this.#parts.identity, {
      ...this.#parts,
      pods: () => this.#reconciler?.pods() ?? [],
    });
    this.#identities = identities;
    // Otherwise the first attempt at every sidecar would be in vain.
    await identities.begun;
    if (this.#isStopping) return;
    this.#reconciler = new Reconciler({
      ...this.#parts,
      dialling: (namespace) => identities.dialling(namespace),
      identityTrouble: () => identities.trouble,
      instance: ownPod?.name ?? 'baton',
      isLeader: () => this.#election.isCertain(),
    });
    this.#serving.setHealth(COORDINATOR_SERVICE, true);
    if (ownPod === undefined) return;
    const work = (): Promise<void> => takeLabel(client, ownPod);
    const onTrouble = (trouble: RunControlError | undefined): void => {
      if (trouble !== undefined)
        log.warn({ code: trouble.code }, `its pod is not labelled: ${trouble.message}`);
    };
    this.#labelling = new Errand({ work, random, onFatal, onTrouble });
    await this.#labelling.want();
  }

  async #unlabel(): Promise<void> {
    const { client, ownPod, log } = this.#parts;
    if (ownPod === undefined || this.#labelling === undefined) return;
    try {
      await dropLabel(client, ownPod, UNLABEL_MS);
    } catch (error) {
      if (!(error instanceof RunControlError)) throw error;
      log.warn({ code: error.code }, `its pod keeps the label: ${error.message}`);
    }
  }

  #require(): Reconciler {
    if (this.#isStopping) throw stoppingTrouble();
    if (this.#reconciler === undefined) throw noLeader(this.#election.holder(), this.#parts.ownPod);
    return this.#reconciler;
  }
}

const NO_FIGURES: Figures = { isLeader: false, led: [], unled: 0 };

function require(coordinator: ClusterCoordinator | undefined): ClusterCoordinator {
  if (coordinator === undefined) throw noLeader(undefined, undefined);
  return coordinator;
}

function stoppingTrouble(): RunControlError {
  return new RunControlError('STOPPING', 'this coordinator is stopping; ask the next one with the same id');
}
