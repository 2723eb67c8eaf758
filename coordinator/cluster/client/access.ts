// How to get to an API server and in: kubeconfig contexts, logins and the token of a pod are client-node's; the
// connections are ours, because it would make a new one for every call.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici';
import { unreachable } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';

/** Where to look for the API server. */
export type AccessSource =
  /** The service account of the pod in which this process runs. */
  | { readonly kind: 'pod' }
  /** `path` undefined: `KUBECONFIG`, or else `~/.kube/config`; `context` undefined: the current one. */
  | { readonly kind: 'kubeconfig'; readonly path: string | undefined; readonly context: string | undefined };

/** What the next request needs: tokens and certificates may have changed since the last one. */
export type Entry = {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
};

export type Access = AsyncDisposable & {
  /** URL of the API server. */
  readonly server: string;
  /** Namespace of the context or of the pod; `default` when it names none. */
  readonly namespace: string;
  /** For what client-node does better than we: port-forward. */
  readonly config: KubeConfig;
  /** Throws RunControlError NOT_ALLOWED when a login program or token file fails. */
  enter(): Promise<Entry>;
};

/** A connection that cannot be made in this time never will, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Keep-alive probes begin after so much silence; with the ten of the kernel a dead path is seen within 15 s. */
const KEEP_ALIVE_DELAY_MS = 5_000;

/**
 * Access to the API server that `source` tells of. Nothing is connected yet. Throws RunControlError MALFORMED
 * for a kubeconfig that cannot be read, has no such context or is absent.
 */
export function openAccess(source: AccessSource): Access {
  const config = loadConfig(source);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw noAccess(`context ${config.currentContext} names no cluster that is there`);
  const dispatchers = new Dispatchers(cluster.proxyUrl);
  return {
    server: cluster.server,
    namespace: config.getContextObject(config.currentContext)?.namespace ?? 'default',
    config,
    enter: async () => {
      const options: RequestOptions = {};
      try {
        await config.applyToHTTPSOptions(options);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new RunControlError('NOT_ALLOWED', `no way into ${cluster.server}: ${why}`, { cause });
      }
      return { headers: headersOf(options), dispatcher: dispatchers.for(options) };
    },
    [Symbol.asyncDispose]: () => dispatchers[Symbol.asyncDispose](),
  };
}

function loadConfig(source: AccessSource): KubeConfig {
  const config = new KubeConfig();
  try {
    switch (source.kind) {
      case 'pod':
        if (process.env['KUBERNETES_SERVICE_HOST'] === undefined)
          throw noAccess('this process does not run in a pod: KUBERNETES_SERVICE_HOST is not set');
        config.loadFromCluster();
        return config;
      case 'kubeconfig':
        if (source.path !== undefined) config.loadFromFile(source.path);
        else loadDefault(config);
        chooseContext(config, source.context);
        return config;
      default:
        return unreachable(source);
    }
  } catch (cause) {
    if (cause instanceof RunControlError) throw cause;
    throw noAccess(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** client-node would go to localhost:8080 when there is no kubeconfig at all. */
function loadDefault(config: KubeConfig): void {
  const named = process.env['KUBECONFIG'] ?? '';
  const home = join(homedir(), '.kube', 'config');
  if (named === '' && !existsSync(home)) throw noAccess(`KUBECONFIG is not set and there is no ${home}`);
  config.loadFromDefault();
}

function chooseContext(config: KubeConfig, wanted: string | undefined): void {
  if (wanted !== undefined) config.setCurrentContext(wanted);
  if (config.getContextObject(config.currentContext) !== null) return;
  const names = config.contexts.map(({ name }) => name).join(', ');
  const which = config.currentContext ? `has no context ${config.currentContext}` : 'has no current context';
  throw noAccess(`the kubeconfig ${which}; it has: ${names || 'none'}`);
}

function noAccess(wrong: string, cause?: unknown): RunControlError {
  return new RunControlError('MALFORMED', `no Kubernetes API server to talk to: ${wrong}`, { cause });
}

/** Basic logins are kept apart from the other headers by client-node. */
function headersOf({ headers, auth }: RequestOptions): Readonly<Record<string, string>> {
  const entries = Object.entries({ ...headers }).map(([key, value]) => [key, String(value)]);
  const basic = auth ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...Object.fromEntries(entries), ...basic };
}

/** The connections for the certificates that are used now; those of older ones end with their last request. */
class Dispatchers implements AsyncDisposable {
  readonly #proxyUrl: string | undefined;
  #now: { readonly fingerprint: string; readonly dispatcher: Dispatcher } | undefined;

  constructor(proxyUrl: string | undefined) {
    this.#proxyUrl = proxyUrl;
  }

  for(options: RequestOptions): Dispatcher {
    const tls = tlsOf(options);
    const fingerprint = fingerprintOf(tls);
    if (this.#now?.fingerprint === fingerprint) return this.#now.dispatcher;
    // Not awaited: its watches go on until they end by themselves, and nobody waits for them.
    this.#now?.dispatcher.close().catch(() => undefined);
    const dispatcher = createDispatcher(tls, this.#proxyUrl);
    this.#now = { fingerprint, dispatcher };
    return dispatcher;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#now?.dispatcher.destroy();
    this.#now = undefined;
  }
}

type Tls = Partial<
  Readonly<Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase'>> & {
    readonly servername: string;
    readonly rejectUnauthorized: boolean;
  }
>;

/** Only what is set: what is undefined would take the place of a default. */
function tlsOf({ ca, cert, key, pfx, passphrase, servername, rejectUnauthorized }: RequestOptions): Tls {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

function fingerprintOf(tls: Tls): string {
  const hash = createHash('sha256');
  for (const [name, value] of Object.entries(tls)) hash.update(`${name}=${String(value)}\n`);
  return hash.digest('hex');
}

/**
 * HTTP/1.1 only. Over HTTP/2, which undici would choose, a connection that the API server closes may end this process:
 * undici 8.12 throws its SocketError where nobody can catch it, and one connection would carry every watch and every call.
 */
function createDispatcher(tls: Tls, proxyUrl: string | undefined): Dispatcher {
  if (proxyUrl?.startsWith('socks')) return new Socks5ProxyAgent(proxyUrl, { requestTls: tls });
  if (proxyUrl !== undefined) return new ProxyAgent({ uri: proxyUrl, requestTls: tls, allowH2: false });
  const connect = {
    ...tls,
    timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
  };
  return new Agent({ connect, allowH2: false });
}
