// One request and its whole answer, on a connection of its own that is known to lead to the process that is meant.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Clock } from '../../clock.ts';
import type { HttpRequest } from './command.ts';
import type { Answer } from './judge.ts';

/** Largest body that is taken from a process, in bytes. */
export const BODY_BYTES_MAX = 262_144;

/** Largest headers that are taken from a process, in bytes. */
const HEADER_BYTES_MAX = 16_384;

/** How long a process may take to accept a connection, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 2_000;

export type ExchangeOptions = {
  readonly address: { readonly host: string; readonly port: number };
  readonly request: HttpRequest;
  readonly clock: Clock;
  /** How long the answer may take, in milliseconds; undefined: as long as it takes. */
  readonly deadlineMs: number | undefined;
  /** Asked once the connection stands and before anything is sent: does it lead to the one that is meant? May throw. */
  readonly isMeant: () => Promise<boolean>;
  /** Cuts the connection. */
  readonly signal: AbortSignal;
  /** Called once the request has left. */
  readonly sent?: (() => void) | undefined;
};

export type Exchanged =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** Not a byte of the request has left; `gone`: because the one that is meant does not listen any more. */
  | { readonly kind: 'unsent'; readonly why: string; readonly gone: boolean }
  /** It may have been received, and what it does may go on. */
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'late' };

/** Sends a request once, never again. Redirects are answers like any other. */
export async function exchange(options: ExchangeOptions): Promise<Exchanged> {
  const { address, signal } = options;
  if (signal.aborted) return { kind: 'unsent', why: ABORTED, gone: false };
  const socket = connect(address);
  // By hand: the option `signal` of connect keeps its listener after the socket is closed.
  const cut = () => socket.destroy(new Error(ABORTED));
  signal.addEventListener('abort', cut, { once: true });
  try {
    return (await dial(options, socket)) ?? (await checked(options, socket));
  } finally {
    signal.removeEventListener('abort', cut);
    socket.destroy();
  }
}

const ABORTED = 'the sidecar cut the connection';

/** Waits for the connection; gives why there is none. */
async function dial({ clock }: ExchangeOptions, socket: Socket): Promise<Exchanged | undefined> {
  const { promise, resolve } = Promise.withResolvers<Exchanged | undefined>();
  const disarm = clock.after(CONNECT_TIMEOUT_MS, () => {
    const why = `the process did not accept a connection within ${CONNECT_TIMEOUT_MS} ms`;
    resolve({ kind: 'unsent', why, gone: false });
  });
  socket.once('connect', () => resolve(undefined));
  // Stays: a socket that breaks while nobody reads it must not end the sidecar.
  socket.on('error', (error) => {
    resolve({ kind: 'unsent', why: `the process cannot be reached: ${reason(error)}`, gone: true });
  });
  const trouble = await promise;
  disarm();
  return trouble;
}

async function checked(options: ExchangeOptions, socket: Socket): Promise<Exchanged> {
  try {
    if (!(await options.isMeant())) {
      return { kind: 'unsent', why: 'another process listens there now', gone: true };
    }
  } catch (error) {
    return { kind: 'unsent', why: unreadable(error), gone: false };
  }
  // Death or an abort while that was asked: nothing was sent, and the socket tells so by itself.
  if (socket.destroyed) return { kind: 'unsent', why: 'its connection broke before it was sent', gone: true };
  return converse(options, socket);
}

function converse(options: ExchangeOptions, socket: Socket): Promise<Exchanged> {
  const { promise, resolve } = Promise.withResolvers<Exchanged>();
  const { address, clock, deadlineMs, request } = options;
  const { method, path } = request;
  const body = Buffer.from(request.body);
  const type = body.length === 0 ? {} : { 'Content-Type': 'application/json' };
  const length = method === 'GET' ? {} : { 'Content-Length': String(body.length) };
  const sent = httpRequest({
    ...{ ...address, method, path, createConnection: () => socket, maxHeaderSize: HEADER_BYTES_MAX },
    headers: { Accept: 'application/json', ...type, ...length, ...request.headers, Connection: 'close' },
  });
  const disarm =
    deadlineMs === undefined ? () => {} : clock.after(deadlineMs, () => resolve({ kind: 'late' }));
  const broken = (error: Error) => resolve({ kind: 'broken', why: reason(error) });
  sent.on('response', (response) => listen(response, resolve));
  // A process that wants another protocol has not answered.
  sent.on('upgrade', () => resolve({ kind: 'broken', why: 'the process wants another protocol' }));
  sent.on('error', broken);
  sent.end(body, () => options.sent?.());
  return promise.finally(() => {
    disarm();
    give(sent);
  });
}

function listen(response: IncomingMessage, resolve: (exchanged: Exchanged) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      resolve({ kind: 'broken', why: `the process answered with more than ${BODY_BYTES_MAX} bytes` });
    }
  });
  response.on('error', (error) => resolve({ kind: 'broken', why: reason(error) }));
  response.on('end', () => {
    const answer = { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
    resolve({ kind: 'answered', answer });
  });
}

/** What comes after the answer concerns nobody, and must not end the sidecar as an error without a listener. */
function give(sent: ClientRequest): void {
  sent.removeAllListeners('error');
  sent.on('error', () => undefined);
  sent.destroy();
}

/** Why nobody knows who listens: the sidecar may have too many files open, and a moment later not. */
export function unreadable(error: unknown): string {
  return `who listens there cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

function reason(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? `${error.code}` : error.message;
}
