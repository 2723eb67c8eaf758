// The plaintext end of a gRPC server. grpc-js would take connections without end, 20 kB of memory for each: here there
// are so many and no more.

import { createServer, type Socket } from 'node:net';
import { type Accepting, closed, openSockets } from './accepting.ts';
import { type CrowdLimits, limitCrowd } from './crowd.ts';
import { type ListenAddress, listenOn } from './listen.ts';

/** Connections at once: well above all watchers of a coordinator and the operators beside them. */
export const PLAIN_GRPC_CROWD: CrowdLimits = { connectionsMax: 1_024, connectionsOfPeerMax: 512 };

/** Listens, and hands each connection to `accepted`. Throws RunControlError UNREACHABLE when nothing can listen there. */
export async function acceptPlain(
  address: ListenAddress,
  shown: string,
  accepted: (socket: Socket) => void,
): Promise<Accepting> {
  const sockets = openSockets();
  const server = createServer({ noDelay: true });
  limitCrowd(server, PLAIN_GRPC_CROWD);
  server.on('connection', (socket) => {
    // One beyond the limit.
    if (socket.destroyed) return;
    sockets.keep(socket);
    accepted(socket);
  });
  const port = await listenOn(server, address, shown);
  return { port, close: () => closed(server), cut: () => sockets.cut() };
}
