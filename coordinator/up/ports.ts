// Ports for children that must know theirs before they start.

import { createServer } from 'node:net';
import { RunControlError } from '../../protos/failure/trouble.ts';

/**
 * Below the range from which Linux takes ports for outgoing connections: one of those could take the port
 * between our look and the child's start, or while the child restarts.
 */
const FIRST = 20_000;
const COUNT = 12_000;

export type Ports = { readonly take: (wanted: number) => Promise<number> };

/** Gives out ports on loopback that are free now, each only once; `random` gives a number in [0, 1). */
export function openPorts(random: () => number): Ports {
  const given = new Set<number>();
  let next = Math.floor(random() * COUNT);
  return {
    take: async (wanted) => {
      if (wanted !== 0) return wanted;
      for (let tried = 0; tried < COUNT; tried += 1) {
        const port = FIRST + next;
        next = (next + 1) % COUNT;
        if (given.has(port) || !(await isFree(port))) continue;
        given.add(port);
        return port;
      }
      throw new RunControlError('LIMIT', `no port in ${FIRST}..${FIRST + COUNT - 1} of this machine is free`);
    },
  };
}

async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
