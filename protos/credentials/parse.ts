// The border of credentials: three PEM texts become an identity that may be used now, or all their problems
// with file, wanted and got. What TLS itself would say of them comes too late and names no file.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Problem } from '../failure/trouble.ts';
import { chainOf } from './chain.ts';
import { FILES, type Texts } from './files.ts';
import { hasName, nameOf, namesOf, type Role, realmsOf, showCertificate, showName } from './names.ts';

/** Authorities that may be trusted at once; two during a change. */
export const AUTHORITIES_MAX = 32;

/** Certificates between ours and an authority, with ours. */
const CHAIN_MAX = 8;

const SERVER_USE = '1.3.6.1.5.5.7.3.1';
const CLIENT_USE = '1.3.6.1.5.5.7.3.2';

/** What TLS must be allowed to do with the certificate of a role: the coordinator dials and is dialled. */
const USES: Readonly<Record<Role, readonly string[]>> = {
  coordinator: [SERVER_USE, CLIENT_USE],
  sidecar: [SERVER_USE],
  operator: [CLIENT_USE],
};

const USE_NAMES: Readonly<Record<string, string>> = {
  [SERVER_USE]: 'serverAuth',
  [CLIENT_USE]: 'clientAuth',
};

/** Who the identity must be: a role, in one realm or in any. */
export type Wanted = { readonly role: Role; readonly realm: string | undefined };

/** One identity, checked. */
export type Credentials = {
  /** PEM texts. */
  readonly texts: Texts;
  readonly certificate: X509Certificate;
  /** Realms in which it has its role. */
  readonly realms: readonly string[];
  readonly validFromMs: number;
  /** When it, or one of those that it comes from, ends; milliseconds since 1970. */
  readonly validToMs: number;
};

export type ParsedCredentials =
  | { readonly credentials: Credentials }
  | { readonly problems: readonly Problem[] };

/** Checks the texts of the files in `directory` at the time `nowMs` (milliseconds since 1970). */
export function parseCredentials(
  texts: Texts,
  {
    directory,
    wanted,
    nowMs,
  }: { readonly directory: string; readonly wanted: Wanted; readonly nowMs: number },
): ParsedCredentials {
  const problems: Problem[] = [];
  const told = (part: keyof Texts) => (want: string, got: string) =>
    problems.push({ path: join(directory, FILES[part]), want, got });
  const authorities = authoritiesIn(texts.authorities, nowMs, told('authorities'));
  const chain = certificatesIn(texts.certificate, CHAIN_MAX, told('certificate'));
  const key = keyIn(texts.key, told('key'));
  const [certificate, ...between] = chain;
  if (certificate === undefined) return { problems };
  checkTime(certificate, nowMs, told('certificate'));
  checkWho(certificate, wanted, told('certificate'));
  if (key !== undefined && !certificate.checkPrivateKey(key)) {
    told('key')('the key of the certificate beside it', 'another key');
  }
  const signers = chainOf(certificate, between, authorities);
  if (authorities.length > 0 && signers === undefined) {
    const want = `one that a root in ${FILES.authorities} has signed, itself or through others in this file`;
    told('certificate')(want, `one signed by ${showName(certificate.issuer)}`);
  }
  if (problems.length > 0 || signers === undefined) return { problems };
  const validToMs = Math.min(...signers.map(({ validToDate }) => validToDate.getTime()));
  const validFromMs = certificate.validFromDate.getTime();
  const realms = realmsOf(certificate, wanted.role);
  return { credentials: { texts, certificate, realms, validFromMs, validToMs } };
}

/** Day and time for people: `2026-11-21 11:05:49 UTC`. */
export function showDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return 'a date that cannot be read';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

type Tell = (want: string, got: string) => void;

function authoritiesIn(text: string, nowMs: number, tell: Tell): readonly X509Certificate[] {
  const found = certificatesIn(text, AUTHORITIES_MAX, tell);
  for (const each of found.filter(({ ca }) => !ca)) {
    tell('certificates of authorities (CA:TRUE)', showCertificate(each));
  }
  const authorities = found.filter(({ ca }) => ca);
  const valid = authorities.filter((each) => isValidAt(each, nowMs));
  // One that has ended does no harm beside a new one: that is how a change of authority ends.
  const [first] = authorities;
  if (valid.length === 0 && first !== undefined) checkTime(first, nowMs, tell);
  return valid;
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function certificatesIn(text: string, max: number, tell: Tell): readonly X509Certificate[] {
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0) tell('certificates in PEM form', text.trim() === '' ? 'an empty file' : 'none');
  if (blocks.length > max) tell(`at most ${max} certificates`, String(blocks.length));
  return blocks.slice(0, max).flatMap((block, index) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      tell('certificates that can be read', `a damaged one at place ${index + 1}`);
      return [];
    }
  });
}

function keyIn(text: string, tell: Tell): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    if (text.includes('ENCRYPTED')) tell('a key without a passphrase', 'one with a passphrase');
    else tell('a private key in PEM form', text.trim() === '' ? 'an empty file' : 'none that can be read');
    return undefined;
  }
}

function isValidAt({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();
}

function checkTime(certificate: X509Certificate, nowMs: number, tell: Tell): void {
  if (isValidAt(certificate, nowMs)) return;
  const { validFromDate, validToDate } = certificate;
  const isEarly = validFromDate.getTime() > nowMs;
  const got = isEarly
    ? `one that is not valid before ${showDate(validFromDate)}`
    : `one that expired on ${showDate(validToDate)}`;
  tell('a certificate that is valid now', got);
}

function checkWho(certificate: X509Certificate, { role, realm }: Wanted, tell: Tell): void {
  const names =
    realm === undefined
      ? realmsOf(certificate, role)
      : [nameOf(role, realm)].filter((name) => hasName(certificate, name));
  if (names.length === 0) tell(`the name DNS:${nameOf(role, realm ?? '<partition>')}`, namesOf(certificate));
  // Without such a list a certificate may be used for everything.
  const allowed: readonly string[] | undefined = certificate.keyUsage;
  const missing = allowed === undefined ? [] : USES[role].filter((use) => !allowed.includes(use));
  if (missing.length > 0) {
    const shown = (uses: readonly string[]) => uses.map((use) => USE_NAMES[use] ?? use).join(', ');
    tell(`the extended key usage ${shown(USES[role])}`, shown(allowed ?? []));
  }
}
