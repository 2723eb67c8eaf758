// The Secret with what the sidecars of a namespace show: written whole, as a kubelet mounts it.

import { X509Certificate } from 'node:crypto';
import { FILES, type Texts } from '../../../protos/credentials/files.ts';
import { parseCredentials } from '../../../protos/credentials/parse.ts';
import { problemLine } from '../../../protos/failure/trouble.ts';
import { SIDECAR_SECRET } from '../names.ts';
import type { Secret } from '../resources/secret.ts';
import type { SidecarPicture } from './decide.ts';

/** What the Secret of `namespace` holds at the time `nowMs`, judged as a sidecar would. */
export function sidecarPictureOf(
  secret: Secret | undefined,
  namespace: string,
  nowMs: number,
): SidecarPicture {
  if (secret === undefined) return { kind: 'absent' };
  if (Object.keys(secret.texts).length === 0) return { kind: 'void', why: 'it has none yet' };
  const texts = setOf(secret);
  const wanted = { role: 'sidecar', realm: namespace } as const;
  const parsed = parseCredentials(texts, { directory: SIDECAR_SECRET, wanted, nowMs });
  if ('problems' in parsed) return { kind: 'void', why: parsed.problems.map(problemLine).join('; ') };
  const { certificate } = parsed.credentials;
  return {
    kind: 'there',
    trusted: trustedBy(texts.authorities),
    // Whose signature it is was checked above.
    issuer: certificate.issuer.replace(/^CN=/, ''),
    fromMs: certificate.validFromDate.getTime(),
    toMs: certificate.validToDate.getTime(),
  };
}

/** Fingerprint of the certificate in it; empty: there is none that can be read. */
export function fingerprintIn(secret: Secret | undefined): string {
  try {
    return new X509Certificate(secret === undefined ? '' : setOf(secret).certificate).fingerprint256;
  } catch {
    return '';
  }
}

function setOf({ texts }: Secret): Texts {
  return {
    authorities: texts[FILES.authorities] ?? '',
    certificate: texts[FILES.certificate] ?? '',
    key: texts[FILES.key] ?? '',
  };
}

function trustedBy(text: string): readonly string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block).fingerprint256);
}
