// Where a server may listen. Plaintext on an address that others reach must be asked for by name.

import { isIP, type Server } from 'node:net';
import type { Problem } from './failure/trouble.ts';
import { RunControlError } from './failure/trouble.ts';

/** The flag that allows plaintext beyond loopback. */
export const INSECURE_LISTEN_FLAG = '--insecure-listen';

export type ListenAddress = { readonly host: string; readonly port: number };

/** Reads `host:port` or `[v6]:port`, port 0 to 65535 where 0 is any free one; undefined when it is neither. */
export function parseListen(text: string): ListenAddress | undefined {
  const found = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]/\s]+)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const host = found?.['v6'] ?? found?.['host'];
  const port = Number(found?.['port']);
  if (host === undefined || port > 65_535) return undefined;
  if (found?.['v6'] !== undefined && isIP(host) !== 6) return undefined;
  return { host, port };
}

/** True when only programs of this machine reach the host. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/**
 * What is wrong with `text` as an address to listen on, where `isAllowed` says whether it may be beyond loopback
 * and `how` what would allow it; undefined when nothing is.
 */
export function listenProblem(
  path: string,
  text: string,
  isAllowed: boolean,
  how: string = INSECURE_LISTEN_FLAG,
): Problem | undefined {
  const address = parseListen(text);
  if (address === undefined) return { path, want: 'host:port, e.g. 127.0.0.1:0', got: JSON.stringify(text) };
  if (isAllowed || isLoopback(address.host)) return undefined;
  return { path, want: `a loopback address, or ${how}`, got: JSON.stringify(text) };
}

/** `host:port` as dialled and shown: brackets around IPv6. */
export function showAddress({ host, port }: ListenAddress): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The trouble of a server that cannot listen on `listen`, in one sentence: a port in use, an address not ours. */
export function listenTrouble(listen: string, cause: unknown): RunControlError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const why = words.includes('EADDRINUSE')
    ? 'another program listens there; stop it or choose another port'
    : words.includes('EADDRNOTAVAIL')
      ? 'this machine has no such address'
      : words;
  return new RunControlError('UNREACHABLE', `cannot listen on ${listen}: ${why}`, { cause });
}

/** Listens and gives the port; `shown` is the address as people wrote it. Throws RunControlError UNREACHABLE. */
export async function listenOn(server: Server, address: ListenAddress, shown: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => reject(listenTrouble(shown, error)));
  server.listen(address, resolve);
  await promise;
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : address.port;
}
