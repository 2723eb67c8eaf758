// What a server is to whoever stops it, in plaintext or not.

import type { Server, Socket } from 'node:net';

export type Accepting = {
  readonly port: number;
  /** No new connection from now on; resolves once those that there are have ended. */
  close(): Promise<void>;
  /** Ends the connections that are left. */
  cut(): void;
};

/** The connections of a server that are open. */
export type OpenSockets = Pick<Accepting, 'cut'> & {
  /** Counts it among them until it ends, and takes note of its errors: without a listener one would end the process. */
  keep(socket: Socket): void;
};

export function openSockets(): OpenSockets {
  const sockets = new Set<Socket>();
  return {
    keep: (socket) => {
      socket.on('error', () => undefined);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Closes a server for new connections; resolves once the others have ended. */
export async function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  await promise;
}
