// Who a certificate speaks for: fixed names, never an address. Pods move, and an address proves nothing.

import type { X509Certificate } from 'node:crypto';

/** What a peer may be. */
export const ROLES = ['coordinator', 'sidecar', 'operator'] as const;

export type Role = (typeof ROLES)[number];

/** Names of namespaces, as Kubernetes has them (a label of RFC 1123). */
export const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Longest name of a person: X.509 allows no longer common name, and the journal keeps no more. */
const PERSON_LENGTH_MAX = 64;

/** Longest part of a stranger's certificate that is shown, in characters. */
const SHOWN_MAX = 120;

/**
 * The DNS name that a certificate must carry for this role in that realm: `sidecar.mini.baton`. A realm is what one
 * identity speaks for: a partition on one machine, a namespace with all its partitions in a cluster.
 */
export function nameOf(role: Role, realm: string): string {
  return `${role}.${realm}.baton`;
}

/** True when the certificate has exactly that name. A common name or a wildcard is none. */
export function hasName(certificate: X509Certificate, name: string): boolean {
  const exactly = { subject: 'never', wildcards: false, partialWildcards: false } as const;
  return certificate.checkHost(name, exactly) !== undefined;
}

/** What the certificate may be in that realm; empty: nothing. */
export function rolesOf(certificate: X509Certificate, realm: string): readonly Role[] {
  return ROLES.filter((role) => hasName(certificate, nameOf(role, realm)));
}

/** The realms in which the certificate has that role. */
export function realmsOf(certificate: X509Certificate, role: Role): readonly string[] {
  const found = (certificate.subjectAltName ?? '').matchAll(/[a-z]+\.([a-z0-9-]+)\.baton/g);
  const realms = new Set([...found].flatMap(([, realm]) => realm ?? []));
  // What the text of the names only looks like is asked again of the certificate.
  return [...realms].filter((realm) => hasName(certificate, nameOf(role, realm)));
}

/** Whom a certificate was given to: its common name. Undefined when it has none, or several. */
export function personOf(certificate: X509Certificate): string | undefined {
  const person: unknown = Reflect.get(Object(certificate.toLegacyObject().subject), 'CN');
  return typeof person === 'string' && person !== '' && person.length <= PERSON_LENGTH_MAX
    ? person
    : undefined;
}

/** All names of a certificate for people: `DNS:sidecar.mini.baton`. */
export function namesOf(certificate: X509Certificate): string {
  return cut(certificate.subjectAltName ?? 'no name');
}

/** A subject or an issuer in one line for people. Node gives none for an empty one, whatever its types say. */
export function showName(name: string | undefined): string {
  return cut(name?.replaceAll('\n', ', ') || 'no subject');
}

/** A certificate in a few words for people: `CN=alice (DNS:operator.mini.baton)`. */
export function showCertificate(certificate: X509Certificate): string {
  return `${showName(certificate.subject)} (${namesOf(certificate)})`;
}

/** A stranger may show anything. */
function cut(text: string): string {
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`.toWellFormed();
}
