// A way into a cluster: what connects to a socket of this process alone comes out at the coordinator that leads. Each
// new connection looks anew who that is, so whoever dials again after a break finds the next leader.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunControlError, type TroubleCode } from '../../../protos/failure/trouble.ts';
import { KubeClient } from '../../cluster/client/client.ts';
import { COORDINATOR_PORT } from '../../cluster/names.ts';
import { isPassing } from '../peers.ts';
import { askedToken } from '../token/ask.ts';
import type { Token } from '../token/attach.ts';
import type { Account } from '../token/source.ts';
import type { Way } from '../way.ts';
import { findLeaders } from './find.ts';
import { forward } from './forward.ts';
import type { CoordinatorPod } from './leader.ts';
import type { ClusterPlace } from './place.ts';

/** How long nobody may lead, in milliseconds: a Lease runs out, and somebody takes it. */
const TAKEOVER_MS_MAX = 25_000;

/**
 * Opens a way to the coordinator in a cluster. That nobody leads, or answers, for the moment is told by whoever
 * dials. Throws RunControlError MALFORMED without a kubeconfig that can be used, or when several coordinators are
 * there; NOT_ALLOWED with the right that is missing.
 */
export async function openTunnel(place: ClusterPlace, shown: Shown): Promise<Way> {
  const { kubeconfig: path, context, namespace } = place;
  const client = KubeClient.open({ kind: 'kubeconfig', path, context });
  const tunnel = new Tunnel(client, namespace, shown);
  try {
    await tunnel.open();
    return tunnel;
  } catch (error) {
    tunnel[Symbol.dispose]();
    throw error;
  }
}

/** What is shown at its end: a token that somebody has, or one that is asked for on the way. */
export type Shown =
  | { readonly kind: 'token'; readonly token: Token }
  /** For that service account; undefined: for one that the coordinator names. */
  | {
      readonly kind: 'asked';
      readonly account: Account | undefined;
      readonly nowMs: () => number;
    };

class Tunnel implements Way {
  readonly takeoverMsMax = TAKEOVER_MS_MAX;
  readonly token: Token;
  readonly #client: KubeClient;
  readonly #namespace: string | undefined;
  // Only whoever started us may connect: on a port of loopback anybody on this machine could command the DAQ.
  readonly #folder = mkdtempSync(join(tmpdir(), 'baton-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #trouble: RunControlError | undefined;
  #pod: CoordinatorPod | undefined;
  /** How often it was dialled: a candidate that did not lead is not tried twice in a row. */
  #dialled = 0;

  constructor(client: KubeClient, namespace: string | undefined, shown: Shown) {
    this.#client = client;
    this.#namespace = namespace;
    this.token = this.#tokenOf(shown);
    this.#server = createServer((socket) => void this.#take(socket));
  }

  get address(): string {
    return `unix:${this.#path}`;
  }

  get place(): string {
    const { server } = this.#client.access;
    return this.#pod === undefined
      ? `the coordinator in ${server}`
      : `pod ${podName(this.#pod)} in ${server}`;
  }

  get trouble(): RunControlError | undefined {
    return this.#trouble;
  }

  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(this.#path, resolve);
    await promise;
    try {
      [this.#pod] = await findLeaders(this.#client, this.#namespace);
    } catch (error) {
      const trouble = withAdvice(error);
      if (!isPassing(trouble)) throw trouble;
      this.#trouble = trouble;
    }
  }

  again(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  [Symbol.dispose](): void {
    this.again();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
    this.#client[Symbol.asyncDispose]().catch(() => undefined);
  }

  #tokenOf(shown: Shown): Token {
    if (shown.kind === 'token') return shown.token;
    const { account, nowMs } = shown;
    const accounts = async () => (account === undefined ? await this.#offered() : [account]);
    const asked = askedToken({ client: this.#client, accounts, nowMs });
    return () =>
      asked().catch((error: unknown) => {
        throw withAdvice(error);
      });
  }

  /** As whom people call whoever leads. */
  async #offered(): Promise<readonly Account[]> {
    this.#pod ??= (await findLeaders(this.#client, this.#namespace))[0];
    const { namespace, callers } = this.#pod ?? { namespace: '', callers: [] };
    return callers.map((name) => ({ namespace, name }));
  }

  get #path(): string {
    return join(this.#folder, 'leader');
  }

  async #take(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Whoever dialled is told by the end of it, and asks us why.
    socket.on('error', () => socket.destroy());
    try {
      await this.#connect(socket);
      this.#trouble = undefined;
    } catch (error) {
      if (!(error instanceof RunControlError)) throw error;
      this.#trouble = withAdvice(error);
      socket.destroy();
    }
  }

  async #connect(socket: Socket): Promise<void> {
    const leaders = await findLeaders(this.#client, this.#namespace);
    const pod = leaders[this.#dialled % leaders.length];
    this.#dialled += 1;
    if (pod === undefined) return;
    this.#pod = pod;
    const { namespace, name } = pod;
    const ended = (complaint: string) => {
      const why = complaint === '' ? '' : `: ${complaint}`;
      const sentence = `the connection to pod ${podName(pod)} has ended${why}`;
      this.#trouble = new RunControlError('UNREACHABLE', sentence);
    };
    await forward(this.#client.access.config, { namespace, name, port: COORDINATOR_PORT }, { socket, ended });
  }
}

/** What to do about trouble with the API server is not what to do about trouble with a coordinator. */
function withAdvice<T>(error: T): T | RunControlError {
  if (!(error instanceof RunControlError) || error.facts['next'] !== undefined) return error;
  const next = ADVICE[error.code];
  if (next === undefined) return error;
  const { code, message, problems, facts } = error;
  return new RunControlError(code, message, { cause: error, problems, facts: { ...facts, next } });
}

const ADVICE: Partial<Record<TroubleCode, string>> = {
  NOT_ALLOWED: 'ask whoever runs the cluster for that right, or come by another --kube-context',
  UNREACHABLE: 'see whether the cluster answers: kubectl cluster-info',
};

function podName({ namespace, name }: CoordinatorPod): string {
  return `${namespace}/${name}`;
}
