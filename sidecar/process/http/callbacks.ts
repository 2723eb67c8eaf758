// Where a process sends the end of a transition that it takes its time for.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenTrouble, showAddress } from '../../../protos/listen.ts';
import { BODY_BYTES_MAX } from './exchange.ts';

/** Connections at once: one process sends one answer at a time. */
const CONNECTIONS_MAX = 32;

/** How long a process may take to send its answer, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

const TIMEOUTS = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  headersTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: 1_000,
};

export type Callbacks = AsyncDisposable & {
  /** Where the answer of that name is to be sent. */
  readonly url: (name: string) => string;
  /** Calls `heard` with the body of the first answer of that name, until the returned function is called. */
  readonly expect: (name: string, heard: (body: string) => void) => () => void;
  /** Takes the answer of this name, and of no other, for whoever expects it later; an empty name takes none. */
  readonly keep: (name: string) => void;
};

type Kept = { readonly name: string; readonly body: string | undefined };

/** Listens on loopback, on a free port for 0. Throws RunControlError UNREACHABLE when it cannot. */
export async function openCallbacks(port: number): Promise<Callbacks> {
  const expected = new Map<string, (body: string) => void>();
  let kept: Kept = { name: '', body: undefined };
  const server = createServer(TIMEOUTS, (request, response) => {
    take(request, response, (name) => {
      const keeps = name !== '' && name === kept.name && kept.body === undefined;
      return expected.get(name) ?? (keeps ? (body) => (kept = { name, body }) : undefined);
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  const host = '127.0.0.1';
  const address = showAddress({ host, port: await listen(server, port) });
  return {
    url: (name) => `http://${address}/callback/${name}`,
    expect: (name, heard) => {
      const early = kept.name === name ? kept.body : undefined;
      kept = { name: '', body: undefined };
      if (early !== undefined) {
        heard(early);
        return () => {};
      }
      expected.set(name, (body) => {
        expected.delete(name);
        heard(body);
      });
      return () => expected.delete(name);
    },
    keep: (name) => {
      kept = { name, body: undefined };
    },
    [Symbol.asyncDispose]: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
}

function take(
  request: IncomingMessage,
  response: ServerResponse,
  takerOf: (name: string) => ((body: string) => void) | undefined,
): void {
  const name = (request.url ?? '').replace(/^\/callback\//, '');
  const reply = (status: number, words: string) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
  };
  if (request.method !== 'POST' && request.method !== 'PUT') return reply(405, 'an answer is sent by POST');
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  });
  // An answer that is cut is none: the process may send it again.
  request.on('error', () => undefined);
  request.on('end', () => {
    if (bytes > BODY_BYTES_MAX) return reply(413, `an answer has at most ${BODY_BYTES_MAX} bytes`);
    const heard = takerOf(name);
    if (heard === undefined) return reply(404, 'nobody waits for this answer: it is late, or came before');
    reply(200, 'taken');
    heard(Buffer.concat(chunks).toString('utf8'));
  });
}

async function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => reject(listenTrouble(`127.0.0.1:${port}`, error)));
  server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
  await promise;
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : port;
}
