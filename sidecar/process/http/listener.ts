// Which process listens, as the kernel tells it. A listening socket has an inode that no other has: while it is
// the same, what is connected to it is the same process. A pod's containers share the network, so that this is
// seen from the sidecar without any right in the other container.

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { unreachable } from '../../../protos/failure/invariant.ts';
import { ID_CHARACTERS_MAX } from '../said.ts';

const LISTENS = '0A';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;

/** The kernel gives no more of its table in one read, in bytes. */
const CHUNK_BYTES = 4_096;

/** The name of what listens on that port of loopback; undefined when nothing does. Throws when /proc is not there. */
export async function listenerOf({
  host,
  port,
}: {
  host: string;
  port: number;
}): Promise<string | undefined> {
  const addresses = new Set(addressesFor(host));
  const find = (table: string) => [...inodesOf(table, port, addresses)];
  const inodes = (await Promise.all(TABLES.map((path) => search(path, find)))).flat();
  if (inodes.length === 0) return undefined;
  return nameOf(inodes.toSorted().join('-'));
}

/** No longer than a start id may be, however many sockets share the port. */
function nameOf(inodes: string): string {
  const name = `listener-${inodes}`;
  if (name.length <= ID_CHARACTERS_MAX) return name;
  return `listeners-${createHash('sha256').update(inodes).digest('base64url')}`;
}

/** The inodes of the sockets that listen on one of these addresses, from the kernel's table. */
export function* inodesOf(table: string, port: number, addresses: ReadonlySet<string>): Generator<string> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = '', at] = local.split(':');
    if (state === LISTENS && at === wanted && inode !== undefined && addresses.has(address)) yield inode;
  }
}

/** The addresses, as the kernel writes them, whose listeners take a connection to `host`. */
export function addressesFor(host: string): readonly string[] {
  const ANY = ['00000000', '0'.repeat(32)];
  if (host === '::1') return ['0'.repeat(24) + word([0, 0, 0, 1]), '0'.repeat(32)];
  const bytes = host === 'localhost' ? [127, 0, 0, 1] : host.split('.').map(Number);
  const mapped = '0'.repeat(16) + word([0, 0, 255, 255]) + word(bytes);
  return [word(bytes), mapped, ...ANY];
}

/** Four bytes of an address as the kernel prints them: a number of this machine. */
function word(bytes: readonly number[]): string {
  const order = endianness();
  switch (order) {
    case 'LE':
      return hex(bytes.toReversed());
    case 'BE':
      return hex(bytes);
    default:
      return unreachable(order);
  }
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

/**
 * What `find` finds in the kernel's table. Those that listen stand before those that are connected, of which there
 * may be many thousands: the rest is read only while nothing was found.
 */
async function search(path: string, find: (table: string) => readonly string[]): Promise<readonly string[]> {
  let table = '';
  let isAmongListeners = true;
  try {
    await using file = await open(path);
    for await (const chunk of file.createReadStream({ encoding: 'latin1', highWaterMark: CHUNK_BYTES })) {
      table += String(chunk);
      const whole = table.slice(0, table.lastIndexOf('\n') + 1);
      if (!isAmongListeners || !hasConnected(whole)) continue;
      const found = find(whole);
      if (found.length > 0) return found;
      isAmongListeners = false;
    }
  } catch (error) {
    // A kernel without IPv6 has no table of it.
    if (path !== TABLES[0] && error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return find(table);
}

function hasConnected(whole: string): boolean {
  const last = whole.trimEnd().split('\n').at(-1) ?? '';
  const [, , , state] = last.trim().split(/\s+/);
  return state !== LISTENS && !last.includes('local_address');
}
