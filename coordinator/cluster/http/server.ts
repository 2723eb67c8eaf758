// The HTTP face for the kubelet and Prometheus: /livez, /readyz, /startupz, /metrics. It answers beside gRPC, and a
// refusal says why in one sentence.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { unreachable } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { listenTrouble, parseListen, showAddress } from '../../../protos/listen.ts';

/** Connections at once; a kubelet opens one per probe and closes it. */
export const CONNECTIONS_MAX = 256;

/** How long a client may take to send its request, in milliseconds; those who take longer make room. */
const REQUEST_TIMEOUT_MS = 2_000;

const TIMEOUTS = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  headersTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 500,
};

const PATHS = ['/livez', '/readyz', '/startupz', '/metrics'] as const;

type Path = (typeof PATHS)[number];

export type HttpParts = {
  /** `host:port`; port 0 is any free one. */
  readonly listen: string;
  /** Why it is not ready, one sentence; undefined: it is. A standby is ready. */
  readonly unready: () => string | undefined;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
};

export type HttpServer = AsyncDisposable & { readonly address: string };

type Reply = { readonly status: number; readonly body: string; readonly type?: string };

/** Serves probes and metrics. Throws RunControlError MALFORMED or UNREACHABLE when it cannot listen there. */
export async function serveHttp(parts: HttpParts): Promise<HttpServer> {
  const address = parseListen(parts.listen);
  if (address === undefined) throw new RunControlError('MALFORMED', `${parts.listen} is no host:port`);
  const server = createServer(TIMEOUTS, (request, response) => {
    void reply(request, parts).then((answer) => send(response, answer));
  });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server, address, parts.listen);
  return {
    address: showAddress({ host: address.host, port }),
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function reply({ url, method }: IncomingMessage, parts: HttpParts): Promise<Reply> {
  const asked = (url ?? '').split('?', 1)[0] ?? '';
  const path = PATHS.find((each) => each === asked);
  if (path === undefined)
    return { status: 404, body: `${asked.slice(0, 100)} is none of ${PATHS.join(', ')}` };
  if (method !== 'GET') return { status: 405, body: `${path} takes GET, not ${method}` };
  return await answer(path, parts);
}

async function answer(path: Path, { unready, metrics }: HttpParts): Promise<Reply> {
  switch (path) {
    case '/livez':
      // Whoever answers lives: what cannot be mended by a restart is no reason for one.
      return { status: 200, body: 'live' };
    case '/startupz':
      return { status: 200, body: 'it listens' };
    case '/readyz': {
      const why = unready();
      return why === undefined ? { status: 200, body: 'ready' } : { status: 503, body: why };
    }
    case '/metrics':
      return { status: 200, body: await metrics.render(), type: metrics.contentType };
    default:
      return unreachable(path);
  }
}

function send(response: ServerResponse, { status, body, type }: Reply): void {
  const headers = { 'content-type': type ?? 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(body.endsWith('\n') ? body : `${body}\n`);
}

async function listen(
  server: Server,
  address: { readonly host: string; readonly port: number },
  shown: string,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => reject(listenTrouble(shown, error)));
  server.listen(address, resolve);
  await promise;
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : address.port;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // Idle and hanging connections would hold the close for ever; what was answered is answered.
  server.closeAllConnections();
  await promise;
}
