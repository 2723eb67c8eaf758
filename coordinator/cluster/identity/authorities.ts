// The authorities that an installation issues from and trusts, and how one Secret holds them: `tls.crt` and `tls.key`
// issue, `next.crt` and `next.key` will, and `retired.json` has those that are only trusted still.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { personOf, showName } from '../../../protos/credentials/names.ts';
import { showDate } from '../../../protos/credentials/parse.ts';
import { ROTATE_ANNOTATION, ROTATED_ANNOTATION } from '../names.ts';
import { instant } from '../resources/metadata.ts';
import type { Secret } from '../resources/secret.ts';
import type { Dates, Pair } from './certificate.ts';
import type { AuthorityPicture } from './decide.ts';

type Signed = {
  /** Fingerprint of its certificate. */
  readonly id: string;
  /** Its common name, which no other one has. */
  readonly name: string;
  readonly certificate: string;
};

export type Authority = Signed & Pair & Dates;

/** It has issued; its key is gone. */
export type Retired = Signed & {
  /** It is trusted until then, in milliseconds since 1970. */
  readonly untilMs: number;
};

export type Authorities = {
  readonly current: Authority;
  readonly next: Authority | undefined;
  readonly retired: readonly Retired[];
};

/** What a Secret for the authority holds at the time `nowMs` (milliseconds since 1970). */
export function authorityPictureOf(secret: Secret | undefined, nowMs: number): AuthorityPicture {
  if (secret === undefined) return { kind: 'absent' };
  const { texts, annotations } = secret;
  if (Object.values(texts).every((text) => text === '')) return { kind: 'empty' };
  const current = authorityIn(texts, 'tls', nowMs);
  const next = 'next.crt' in texts || 'next.key' in texts ? authorityIn(texts, 'next', nowMs) : undefined;
  const retired = retiredIn(texts['retired.json'] ?? '[]');
  if (typeof current === 'string') return { kind: 'broken', why: current };
  if (typeof next === 'string') return { kind: 'broken', why: next };
  if (typeof retired === 'string') return { kind: 'broken', why: retired };
  const asked = annotations[ROTATE_ANNOTATION] ?? '';
  const begun = annotations[ROTATED_ANNOTATION] ?? '';
  return { kind: 'there', authorities: { current, next, retired }, asked, begun };
}

/** The texts of a Secret that holds these; undefined: it has no such key. */
export function textsOf({
  current,
  next,
  retired,
}: Authorities): Readonly<Record<string, string | undefined>> {
  const kept = retired.map(({ certificate, untilMs }) => ({
    certificate,
    until: new Date(untilMs).toISOString(),
  }));
  return {
    'tls.crt': current.certificate,
    'tls.key': current.key,
    'next.crt': next?.certificate,
    'next.key': next?.key,
    'retired.json': kept.length === 0 ? undefined : JSON.stringify(kept),
  };
}

/** Reads a certificate that was made here. Throws what Node throws when it cannot be read. */
export function authorityOf({ certificate, key }: Pair): Authority {
  const read = new X509Certificate(certificate);
  return {
    ...signedOf(certificate, read),
    key,
    fromMs: read.validFromDate.getTime(),
    toMs: read.validToDate.getTime(),
  };
}

function signedOf(certificate: string, read: X509Certificate): Signed {
  return { id: read.fingerprint256, name: personOf(read) ?? '', certificate };
}

/** The authority under `<part>.crt` and `<part>.key`, or what is wrong with it. */
function authorityIn(texts: Secret['texts'], part: 'tls' | 'next', nowMs: number): Authority | string {
  const certificate = texts[`${part}.crt`] ?? '';
  const key = texts[`${part}.key`] ?? '';
  try {
    const read = new X509Certificate(certificate);
    const found = authorityOf({ certificate, key });
    const got = (want: string, what: string) => `${part}.crt: want ${want}, got ${what}`;
    if (!read.ca) return got('the certificate of an authority', 'one of no authority');
    // What it signs names it by this alone.
    if (read.subject !== `CN=${found.name}`)
      return got('a subject of one common name', showName(read.subject));
    if (!read.checkPrivateKey(createPrivateKey(key)))
      return `${part}.key: want the key of ${part}.crt, got another`;
    return nowMs < found.toMs
      ? found
      : got('one that is valid', `one that ended ${showDate(read.validToDate)}`);
  } catch {
    return `${part}.crt and ${part}.key: want an authority in PEM form, got what cannot be read`;
  }
}

const retiredSchema = z.array(z.strictObject({ certificate: z.string(), until: instant }));

function retiredIn(text: string): readonly Retired[] | string {
  try {
    return retiredSchema.parse(JSON.parse(text)).map(({ certificate, until }) => ({
      ...signedOf(certificate, new X509Certificate(certificate)),
      untilMs: until,
    }));
  } catch {
    return 'retired.json: want a list of certificates, each with until, got what cannot be read';
  }
}
