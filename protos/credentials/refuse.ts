// All that a peer without a good certificate gets: each call is answered with why, then the connection ends.

import { performServerHandshake } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { toStatus } from '../failure/status.ts';
import { RunControlError } from '../failure/trouble.ts';
import { REFUSAL_MS_MAX } from './limits.ts';

/** Answers NOT_ALLOWED with that sentence to what the peer asks first, and ends the connection. */
export function refusePeer(socket: TLSSocket, sentence: string): void {
  const { code, details, metadata } = toStatus(new RunControlError('NOT_ALLOWED', sentence));
  const headers = {
    ...metadata.toHttp2Headers(),
    ':status': 200,
    'content-type': 'application/grpc+proto',
    'grpc-status': String(code),
    'grpc-message': encodeURI(details),
  };
  const limit = setTimeout(() => socket.destroy(), REFUSAL_MS_MAX);
  limit.unref();
  socket.on('close', () => clearTimeout(limit));
  // A call that began meanwhile is lost, and asked again it is told the same.
  const session = performServerHandshake(socket, { settings: { maxConcurrentStreams: 1 } });
  session.on('error', () => socket.destroy());
  session.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.respond(headers, { endStream: true });
    session.close();
  });
}
