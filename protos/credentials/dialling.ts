// How one part of Baton dials another: with its credentials, or in plaintext, which leaves this machine only
// when somebody has said so by name.

import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import type { Problem } from '../failure/trouble.ts';
import { isLoopback, parseListen } from '../listen.ts';
import { dialCredentials, type Shown, TlsCredentials } from './dial.ts';
import type { Role } from './names.ts';

export type Dialling =
  /** `realm`: where a server must have its role; undefined: in one of those of our own certificate. */
  | { readonly kind: 'tls'; readonly store: Shown; readonly realm?: string | undefined }
  /** `beyond`: also to other machines. */
  | { readonly kind: 'plaintext'; readonly beyond: boolean };

/** Plaintext on this machine, and nothing else. */
export const PLAINTEXT_HERE: Dialling = { kind: 'plaintext', beyond: false };

/** Plaintext wherever it goes: only where somebody has said so by name. */
export const PLAINTEXT_ANYWHERE: Dialling = { kind: 'plaintext', beyond: true };

// One object for all channels: grpc-js compares credentials by identity.
const PLAINTEXT = credentials.createInsecure();

/** Channel credentials for a server that must have that role. */
export function channelCredentials(dialling: Dialling, role: Role): ChannelCredentials {
  if (dialling.kind === 'plaintext') return PLAINTEXT;
  return dialCredentials({ store: dialling.store, role, realm: dialling.realm });
}

/** The failed handshake, in one sentence, of which grpc-js tells in these details; undefined: of none. */
export function handshakeFailure(used: ChannelCredentials, details: string): string | undefined {
  const failure = used instanceof TlsCredentials ? used.failure : undefined;
  return failure !== undefined && details.includes(failure) ? failure : undefined;
}

/** What is wrong with dialling `address` in this way; undefined when nothing is. `how` names what would help. */
export function dialProblem(
  dialling: Dialling,
  { path, address, how }: { readonly path: string; readonly address: string; readonly how: string },
): Problem | undefined {
  if (dialling.kind === 'tls' || dialling.beyond) return undefined;
  const host = parseListen(address)?.host;
  if (host === undefined || staysHere(host)) return undefined;
  return { path, want: `an address of this machine, or ${how}`, got: JSON.stringify(address) };
}

/** What listens everywhere is dialled by that name too; the connection does not leave the machine. */
function staysHere(host: string): boolean {
  return isLoopback(host) || host === '0.0.0.0' || host === '::';
}
