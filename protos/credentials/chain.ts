// Where a certificate comes from, for a check at the start. In a handshake OpenSSL decides.

import type { X509Certificate } from 'node:crypto';

/**
 * Who has signed the certificate, up to a root among the authorities: the certificate itself first, the root
 * last. Undefined when no way leads to one.
 */
export function chainOf(
  certificate: X509Certificate,
  between: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const root = authorities.find((each) => isSignedBy(each, each) && isSignedBy(certificate, each));
  if (root !== undefined) return [certificate, root];
  const pool = [...between, ...authorities];
  const next = pool.find((each) => each !== certificate && isSignedBy(certificate, each));
  if (next === undefined) return undefined;
  // Each step uses one up, so that a circle ends.
  const others = (list: readonly X509Certificate[]) => list.filter((each) => each !== next);
  const rest = chainOf(next, others(between), others(authorities));
  return rest === undefined ? undefined : [certificate, ...rest];
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
