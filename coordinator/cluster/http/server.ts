// The HTTP face for the kubelet and Prometheus: /livez, /readyz, /startupz, /metrics. It answers beside gRPC, and a
// refusal says why in one sentence.

import { createServer, type IncomingMessage } from 'node:http';
import { limitCrowd } from '../../../protos/crowd.ts';
import { unreachable } from '../../../protos/failure/invariant.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { listenOn, parseListen, showAddress } from '../../../protos/listen.ts';
import { close, PLAIN_HTTP_CROWD, type Reply, send, TIMEOUTS } from '../../../protos/plainHttp.ts';

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

/** Serves probes and metrics. Throws RunControlError MALFORMED or UNREACHABLE when it cannot listen there. */
export async function serveHttp(parts: HttpParts): Promise<HttpServer> {
  const address = parseListen(parts.listen);
  if (address === undefined) throw new RunControlError('MALFORMED', `${parts.listen} is no host:port`);
  const server = createServer(TIMEOUTS, (request, response) => {
    void reply(request, parts).then((answer) => send(response, answer));
  });
  limitCrowd(server, PLAIN_HTTP_CROWD);
  const port = await listenOn(server, address, parts.listen);
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
