// Addresses as people write them: one coordinator, or the leader and those that stand by.

import { parseListen } from '../../protos/listen.ts';

/** Addresses that a client takes: a leader and more standbys than anybody needs. */
export const ADDRESSES_MAX = 8;

/** What is wanted, for people. */
export const ADDRESSES_WANTED = `host:port, e.g. 127.0.0.1:7400, or up to ${ADDRESSES_MAX} with commas between`;

/** The `host:port`s of a text such as `a:7400,b:7400`; undefined when that is not what it holds. */
export function parseAddresses(text: string): readonly string[] | undefined {
  const addresses = text.split(',').map((each) => each.trim());
  return addresses.length <= ADDRESSES_MAX && addresses.every(isAddress) ? addresses : undefined;
}

/** True for the address of one coordinator that somebody can dial. */
export function isDialable(address: string): boolean {
  const parsed = parseListen(address);
  // A coordinator that listens on all addresses of its machine does not know by which one it is reached.
  return isAddress(address) && parsed?.host !== '0.0.0.0' && parsed?.host !== '::';
}

function isAddress(text: string): boolean {
  return (parseListen(text)?.port ?? 0) > 0;
}
