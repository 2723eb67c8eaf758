// The certificates that a coordinator issues: an authority that signs itself, and identities signed by it. Node can
// make keys and signatures but no certificate; a library that can brings twenty packages into the process that holds
// the key of the authority. These two shapes are ninety lines, and OpenSSL reads each before it is used.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { nameOf, personOf, type Role } from '../../../protos/credentials/names.ts';
import { assert } from '../../../protos/failure/invariant.ts';
import {
  bits,
  certificatePem,
  distinguishedName,
  extension,
  objectId,
  sequence,
  tagged,
  time,
} from './der.ts';

/** A certificate and its key, in PEM form. */
export type Pair = { readonly certificate: string; readonly key: string };

/** Milliseconds since 1970. */
export type Dates = { readonly fromMs: number; readonly toMs: number };

/** Longest common name that X.509 allows. */
const NAME_LENGTH_MAX = 64;

/**
 * An authority that has signed itself. No two have the same name, so that whoever trusts both knows who signed. It
 * signs identities and no further authority.
 */
export function newAuthority(title: string, dates: Dates): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(4).toString('hex');
  const name = `${title.slice(0, NAME_LENGTH_MAX - id.length - 1)} ${id}`;
  const extensions = [IS_AUTHORITY, MAY_SIGN, subjectKey(publicKey)];
  const parts = { ...dates, subject: name, issuer: name, publicKey, signer: privateKey, extensions };
  return pairOf(parts, privateKey);
}

/** An identity for that role in that realm, signed by an authority whose whole name is one common name. */
export function issueIdentity(
  authority: Pair,
  { role, realm, ...dates }: Dates & { readonly role: Role; readonly realm: string },
): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = createPrivateKey(authority.key);
  const issuer = personOf(new X509Certificate(authority.certificate));
  assert(issuer !== undefined, 'an authority has a name');
  const extensions = [
    MAY_SHAKE_HANDS,
    extension('2.5.29.37', false, sequence(...USES[role].map(objectId))),
    extension('2.5.29.17', false, sequence(tagged(0x82, Buffer.from(nameOf(role, realm))))),
    subjectKey(publicKey),
    extension('2.5.29.35', false, sequence(tagged(0x80, keyId(createPublicKey(signer))))),
  ];
  return pairOf({ ...dates, subject: role, issuer, publicKey, signer, extensions }, privateKey);
}

const SERVER_USE = '1.3.6.1.5.5.7.3.1';
const CLIENT_USE = '1.3.6.1.5.5.7.3.2';
const USES: Readonly<Record<Role, readonly string[]>> = {
  coordinator: [SERVER_USE, CLIENT_USE],
  sidecar: [SERVER_USE],
  operator: [CLIENT_USE],
};

/** CA:TRUE, with a path length of 0. */
const IS_AUTHORITY = extension(
  '2.5.29.19',
  true,
  sequence(tagged(0x01, Buffer.from([0xff])), tagged(0x02, Buffer.from([0]))),
);
/** keyCertSign. */
const MAY_SIGN = extension('2.5.29.15', true, tagged(0x03, Buffer.from([0x02, 0x04])));
/** digitalSignature. */
const MAY_SHAKE_HANDS = extension('2.5.29.15', true, tagged(0x03, Buffer.from([0x07, 0x80])));

function subjectKey(publicKey: KeyObject): Buffer {
  return extension('2.5.29.14', false, tagged(0x04, keyId(publicKey)));
}

/** By which keys are told apart; it protects nothing. */
function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

type Parts = Dates & {
  /** Common names. */
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
};

/** ecdsa-with-SHA256. */
const ALGORITHM = sequence(objectId('1.2.840.10045.4.3.2'));

function pairOf({ subject, issuer, ...parts }: Parts, key: KeyObject): Pair {
  const names = { subject: distinguishedName(subject), issuer: distinguishedName(issuer) };
  return {
    certificate: signedCertificate({ ...parts, ...names }),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export type CertificateParts = Omit<Parts, 'subject' | 'issuer'> & {
  /** Distinguished names in DER. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
};

/** A certificate of version 3 with a serial number that is positive and nobody's else, in PEM form. */
export function signedCertificate(parts: CertificateParts): string {
  const { subject, issuer, publicKey, signer, extensions, fromMs, toMs } = parts;
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ALGORITHM,
    issuer,
    sequence(time(fromMs), time(toMs)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  return certificatePem(sequence(body, ALGORITHM, bits(sign('sha256', body, signer))));
}
