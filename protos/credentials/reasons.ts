// Why a handshake failed, in one sentence for people, from OpenSSL's words and the certificate itself.

import type { X509Certificate } from 'node:crypto';
import { TLS_CROWD } from './limits.ts';
import { showCertificate, showName } from './names.ts';
import { showDate } from './parse.ts';

/** Why the certificate of a peer is none that we take: `its certificate CN=… expired on …`. */
export function certificateReason(code: string, certificate: X509Certificate): string {
  const who = showCertificate(certificate);
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `the certificate ${who} expired on ${showDate(certificate.validToDate)}`;
    case 'CERT_NOT_YET_VALID':
      return `the certificate ${who} is not valid before ${showDate(certificate.validFromDate)}; is a clock wrong?`;
    case 'INVALID_PURPOSE':
      return `the certificate ${who} may not be used for this: its extended key usage says so`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `the certificate ${who} is signed by itself`;
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'CERT_SIGNATURE_FAILURE':
      return `the certificate ${who} is signed by ${showName(certificate.issuer)}, which is none of the trusted authorities`;
    default:
      return `the certificate ${who} is refused (${code})`;
  }
}

/** What a client is told whose certificate the server does not take. */
export function strangerSentence(
  problem: Error | string | null | undefined,
  certificate: X509Certificate | undefined,
): string {
  if (certificate === undefined) return 'a client certificate is wanted here, and none was shown';
  return certificateReason(codeOf(problem), certificate);
}

/** What is told of a peer that found no room. */
export const CROWD_SENTENCE = `${TLS_CROWD.connectionsMax} connections are open already, or ${TLS_CROWD.connectionsOfPeerMax} from one address`;

/** What is told of a peer that did not get through the handshake. */
export function unencryptedSentence(error: Error): string {
  const code = codeOf(error);
  if (code === 'ERR_SSL_HTTP_REQUEST' || code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'it speaks no TLS';
  if (code === 'ECONNRESET') return 'it went away in the middle of the handshake';
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'it did not finish the handshake in time';
  if (code === 'ERR_SSL_UNSUPPORTED_PROTOCOL') return 'it speaks only an older TLS than 1.3';
  return `the handshake failed: ${code}`;
}

/** The code of an error of Node or OpenSSL, or its message without one. */
export function codeOf(problem: unknown): string {
  const code: unknown = problem instanceof Error ? Reflect.get(problem, 'code') : problem;
  if (typeof code === 'string') return code;
  return problem instanceof Error ? problem.message : 'for an unknown reason';
}
