// How a coordinator shows its sidecars who it is: with files that others keep, with what it issues itself while it
// leads, or not at all.

import type { Logger } from 'pino';
import type { Dialling } from '../../../protos/credentials/dialling.ts';
import { nameOf } from '../../../protos/credentials/names.ts';
import { type CredentialStore, openCredentials } from '../../../protos/credentials/store.ts';
import { tellCredentials } from '../../../protos/credentials/tell.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { Issuer, type IssuerParts } from './issuer.ts';

export type IdentityMode =
  /** `beyond`: also to other machines. */
  | { readonly kind: 'plaintext'; readonly beyond: boolean }
  /** A folder with ca.crt, tls.crt and tls.key, as a Secret is mounted. */
  | { readonly kind: 'files'; readonly directory: string }
  /** `lifeMs`: how long what it issues holds, in milliseconds. */
  | { readonly kind: 'issued'; readonly lifeMs: number };

/** What a process has of an identity before it leads. */
export type Identity =
  | { readonly kind: 'given'; readonly dialling: (namespace: string) => Dialling }
  | { readonly kind: 'issued'; readonly lifeMs: number; readonly home: string };

/** An identity in use: from the begin of a lead to its end. */
export type Identities = AsyncDisposable & Pick<Issuer, 'begun' | 'dialling' | 'trouble'>;

export type IdentityParts = {
  readonly namespaces: readonly string[];
  /** Where the coordinator is. */
  readonly home: string;
  readonly log: Logger;
};

/**
 * The identity of that mode. Throws RunControlError MALFORMED when its files cannot be used, or speak for fewer
 * namespaces than are led.
 */
export function openIdentity(mode: IdentityMode, { namespaces, home, log }: IdentityParts): Identity {
  if (mode.kind === 'issued') return { ...mode, home };
  if (mode.kind === 'plaintext') return { kind: 'given', dialling: () => mode };
  const store = openCredentials({
    directory: mode.directory,
    wanted: { role: 'coordinator', realm: undefined },
    notice: tellCredentials(log, mode.directory),
  });
  checkNamespaces(store, namespaces);
  return { kind: 'given', dialling: (namespace) => ({ kind: 'tls', store, realm: namespace }) };
}

function checkNamespaces(store: CredentialStore, namespaces: readonly string[]): void {
  const { realms } = store.current();
  const missing = namespaces.filter((namespace) => !realms.includes(namespace));
  if (missing.length === 0) return;
  store[Symbol.dispose]();
  throw new RunControlError(
    'MALFORMED',
    `the credentials in ${store.directory} speak for too few namespaces`,
    {
      problems: missing.map((namespace) => ({
        path: `${store.directory}/tls.crt`,
        want: `the name DNS:${nameOf('coordinator', namespace)}`,
        got: realms.map((realm) => `DNS:${nameOf('coordinator', realm)}`).join(', '),
      })),
    },
  );
}

/** Begins to use it. */
export function useIdentity(identity: Identity, parts: Omit<IssuerParts, 'home' | 'lifeMs'>): Identities {
  if (identity.kind === 'issued') return new Issuer({ ...parts, ...identity });
  const { dialling } = identity;
  return { dialling, trouble: '', begun: Promise.resolve(), [Symbol.asyncDispose]: async () => undefined };
}
