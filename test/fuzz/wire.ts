// gRPC as bytes on a real HTTP/2 connection, for frames that no library would send.

import { type ClientHttp2Session, connect } from 'node:http2';
import { decodeDetails } from '../../protos/failure/details.ts';
import type { Problem } from '../../protos/failure/trouble.ts';

/** How a call ended: a gRPC status, or a stream that was reset. */
export type Ended =
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly sentence: string;
      /** Undefined when no details of ours came along. */
      readonly problems: readonly Problem[] | undefined;
    }
  | { readonly kind: 'reset'; readonly code: number };

type Headers = Readonly<Record<string, string>>;

export type Wire = Disposable & {
  /** Sends these bytes as the body of a call, ends it, and waits for its end; a reader goes after `first` data. */
  call(path: string, body: Buffer, goAfterData?: boolean): Promise<Ended>;
};

/** A connection to the server at `address`; each call carries these headers, too. */
export function openWire(address: string, headers: Headers = {}): Wire {
  let session: ClientHttp2Session | undefined;
  const living = (): ClientHttp2Session => {
    if (session === undefined || session.closed || session.destroyed) {
      session = connect(`http://${address}`);
      session.on('error', () => undefined);
    }
    return session;
  };
  return {
    call: (path, body, goAfterData = false) => call(living(), { path, body, goAfterData, headers }),
    [Symbol.dispose]: () => session?.destroy(),
  };
}

type Call = {
  readonly path: string;
  readonly body: Buffer;
  readonly goAfterData: boolean;
  readonly headers: Headers;
};

function call(session: ClientHttp2Session, { path, body, goAfterData, headers }: Call): Promise<Ended> {
  const fixed = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request({ ...fixed, ...headers });
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const told = (from: Readonly<Record<string, unknown>>): void => {
    const code = Number(from['grpc-status'] ?? Number.NaN);
    if (Number.isNaN(code)) return;
    const details = from['grpc-status-details-bin'];
    const bytes = typeof details === 'string' ? Buffer.from(details, 'base64') : undefined;
    const sentence = decodeURIComponent(String(from['grpc-message'] ?? ''));
    resolve({ kind: 'status', code, sentence, problems: bytes && decodeDetails(bytes)?.problems });
  };
  stream.on('response', told);
  stream.on('trailers', told);
  stream.on('error', () => undefined);
  stream.on('close', () => resolve({ kind: 'reset', code: stream.rstCode }));
  stream.on('data', () => {
    if (!goAfterData) return;
    resolve({ kind: 'status', code: 0, sentence: '', problems: undefined });
    stream.close();
  });
  stream.end(body);
  return promise;
}

/** One message as gRPC frames it: a byte for compression, four for the length. */
export function framed(message: Buffer, { compressed = 0, length = message.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}
