// A gRPC server as both the sidecar and the coordinator run it: the listen rule, health, reflection, and a
// stop that ends.

import type { Socket } from 'node:net';
import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServiceDefinition,
  setLogVerbosity,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { HealthImplementation, protoPath as healthProtoPath } from 'grpc-health-check';
import type { Accepting } from './accepting.ts';
import { acceptPlain } from './acceptPlain.ts';
import { acceptTls } from './credentials/accept.ts';
import { type Access, accessInterceptor } from './credentials/access.ts';
import type { Refused } from './credentials/refused.ts';
import type { CredentialStore } from './credentials/store.ts';
import { assert } from './failure/invariant.ts';
import { RunControlError } from './failure/trouble.ts';
import { listenProblem, parseListen, showAddress } from './listen.ts';
import { CHANNEL_OPTIONS, contract } from './load.ts';
import { addReflection } from './reflection.ts';

/** How long open calls may go on after a stop was asked, in milliseconds; then they are cut. */
export const STOP_GRACE_MS = 1_000;

/** A peer that answers no ping for this long is gone, in milliseconds. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

/** Full name of the service that a kubelet or a load balancer asks. */
export const HEALTH_SERVICE = 'grpc.health.v1.Health';

export type Service = {
  /** Full name, e.g. `baton.v1.Sidecar`; also its name in grpc.health.v1. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
  /** Who may call what, where callers show certificates. */
  readonly access: Access;
};

/** Mutual TLS: what we show, and what is asked of those who connect. */
export type ServeTls = {
  readonly store: CredentialStore;
  /** Who has a role in another one has none here. */
  readonly realm: string;
  /** A peer was turned away: before it could call anything, or from what it is not allowed to call. */
  readonly refused: (refused: Refused) => void;
};

export type ServeOptions = {
  /** `host:port`; port 0 is any free one. */
  readonly listen: string;
  /** Allows plaintext beyond loopback. */
  readonly insecureListen: boolean;
  /** Without it everything is plaintext, and on loopback only. */
  readonly tls?: ServeTls | undefined;
  readonly services: readonly Service[];
  /** Stand between each call and the services, the first one nearest to the wire; before what `tls` refuses. */
  readonly interceptors?: readonly ServerInterceptor[] | undefined;
};

/** A server that listens. Disposing it stops it within STOP_GRACE_MS. */
export type Serving = AsyncDisposable & {
  /** `host:port` with the real port. */
  readonly address: string;
  readonly port: number;
  /** What grpc.health.v1 says of one service, and of the empty name; SERVING from the start. */
  setHealth(name: string, serving: boolean): void;
};

/**
 * Serves `services` with grpc.health.v1 and reflection. Throws RunControlError MALFORMED for an address
 * that is none or not allowed, UNREACHABLE when nothing can listen there (a port in use).
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { tls } = options;
  const address = parseListen(options.listen);
  const problem = listenProblem('listen', options.listen, options.insecureListen || tls !== undefined);
  if (problem !== undefined || address === undefined) throw refusedListen(options.listen, problem);
  // What grpc-js would print on standard error is told once, by whoever handles the error.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    ...CHANNEL_OPTIONS,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    interceptors: interceptorsOf(options),
  });
  // Everything is registered before the port is bound: a probe must never see half a server.
  for (const service of options.services) server.addService(service.definition, service.handlers);
  const names = options.services.map((service) => service.name);
  const health = new HealthImplementation(
    Object.fromEntries(['', ...names].map((name) => [name, 'SERVING'])),
  );
  health.addToServer(server);
  addReflection(server, [...names, HEALTH_SERVICE], () => ({ ...contract, ...loadSync(healthProtoPath) }));
  const bound = tls === undefined ? await bind(server, options.listen) : await bindTls(server, options, tls);
  return {
    address: showAddress({ host: address.host, port: bound.port }),
    port: bound.port,
    setHealth: (name, serving) => health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING'),
    [Symbol.asyncDispose]: once(async () => {
      await stop(server, bound.close());
      bound.cut();
    }),
  };
}

function interceptorsOf({ tls, services, interceptors = [] }: ServeOptions): ServerInterceptor[] {
  if (tls === undefined) return [...interceptors];
  const access = Object.fromEntries(services.map((service) => [service.name, service.access]));
  return [...interceptors, accessInterceptor(access, tls)];
}

function refusedListen(listen: string, problem: ReturnType<typeof listenProblem>): RunControlError {
  const problems = problem === undefined ? [] : [problem];
  const want = problem?.want ?? 'host:port';
  return new RunControlError('MALFORMED', `will not listen on ${listen} in plaintext: want ${want}`, {
    problems,
  });
}

/** Connections are ours, so that they can be counted. */
async function bind(server: Server, listen: string): Promise<Accepting> {
  const address = parseListen(listen);
  assert(address !== undefined, 'an address was checked before it is bound');
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return acceptPlain(address, listen, (socket) => injector.injectConnection(socket));
}

/** The handshake is ours, so grpc-js gets connections that are secure already. */
async function bindTls(server: Server, { listen }: ServeOptions, tls: ServeTls): Promise<Accepting> {
  const address = parseListen(listen);
  assert(address !== undefined, 'an address was checked before it is bound');
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const accepted = (socket: Socket): void => injector.injectConnection(socket);
  return acceptTls({ listen: address, store: tls.store, accepted, refused: tls.refused }, listen);
}

/**
 * Calls may end within the grace. tryShutdown asks them to, but waits for ever while one stream is open, and for nobody
 * whose connection is not its own: that all have ended is told by `ended`.
 */
async function stop(server: Server, ended: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = setTimeout(() => {
    server.forceShutdown();
    resolve();
  }, STOP_GRACE_MS);
  server.tryShutdown(() => undefined);
  await Promise.race([promise, ended]);
  clearTimeout(limit);
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
