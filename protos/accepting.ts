// What a server is to whoever stops it, in plaintext or not.

import type { Server } from 'node:net';

export type Accepting = {
  readonly port: number;
  /** No new connection from now on; resolves once those that there are have ended. */
  close(): Promise<void>;
  /** Ends the connections that are left. */
  cut(): void;
};

/** Closes a server for new connections; resolves once the others have ended. */
export async function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  await promise;
}
