// Certificates as a test wants them: any dates, names and faults, in a millisecond.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  type CertificateParts,
  type Pair,
  signedCertificate,
} from '../../coordinator/cluster/identity/certificate.ts';
import {
  distinguishedName,
  extension,
  objectId,
  sequence,
  tagged,
} from '../../coordinator/cluster/identity/der.ts';

export type Leaf = {
  /** Common name; undefined: no subject at all. */
  readonly commonName?: string | undefined;
  /** What Kubernetes takes for the group of a user. */
  readonly organization?: string | undefined;
  /** DNS names. */
  readonly names?: readonly string[];
  /** IPv4 addresses. */
  readonly addresses?: readonly string[];
  /** Offsets from now, in milliseconds. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly uses?: readonly ('serverAuth' | 'clientAuth')[];
};

export type Authority = {
  /** Its own certificate. */
  readonly certificate: string;
  issue(leaf: Leaf): Pair;
  /** An authority that this one has signed. */
  subordinate(commonName: string): Authority;
};

const HOUR_MS = 3_600_000;

/** An authority that has signed itself; valid for an hour unless told otherwise. */
export function newAuthority(commonName: string, dates: Pick<Leaf, 'fromMs' | 'toMs'> = {}): Authority {
  const { privateKey, publicKey } = newKeys();
  const subject = distinguishedName(commonName);
  const to = { ...dates, subject, publicKey, issuer: subject, signer: privateKey, extensions: AUTHORITY };
  return authority(certificateText(to), subject, privateKey);
}

function authority(certificate: string, issuer: Buffer, signer: KeyObject): Authority {
  return {
    certificate,
    issue: ({ commonName, organization, uses = ['serverAuth', 'clientAuth'], ...leaf }) => {
      const { privateKey, publicKey } = newKeys();
      const { names = [], addresses = [], ...dates } = leaf;
      const others = names.length + addresses.length === 0 ? [] : [alternativeNames(names, addresses)];
      const extensions = [...others, extendedUses(uses)];
      const subject = distinguishedName(commonName, organization);
      return {
        certificate: certificateText({ ...dates, subject, publicKey, issuer, signer, extensions }),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
    subordinate: (commonName) => {
      const { privateKey, publicKey } = newKeys();
      const subject = distinguishedName(commonName);
      const der = certificateText({ subject, publicKey, issuer, signer, extensions: AUTHORITY });
      return authority(der, subject, privateKey);
    },
  };
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

type Parts = Omit<CertificateParts, 'fromMs' | 'toMs'> & Pick<Leaf, 'fromMs' | 'toMs'>;

function certificateText({ fromMs = -HOUR_MS, toMs = HOUR_MS, ...parts }: Parts): string {
  const now = Date.now();
  return signedCertificate({ ...parts, fromMs: now + fromMs, toMs: now + toMs });
}

const AUTHORITY = [
  extension('2.5.29.19', true, sequence(tagged(0x01, Buffer.from([0xff])))),
  // May sign certificates.
  extension('2.5.29.15', true, tagged(0x03, Buffer.from([0x02, 0x04]))),
];

const USES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

function extendedUses(uses: readonly (keyof typeof USES)[]): Buffer {
  return extension('2.5.29.37', false, sequence(...uses.map((use) => objectId(USES[use]))));
}

function alternativeNames(names: readonly string[], addresses: readonly string[]): Buffer {
  const dns = names.map((name) => tagged(0x82, Buffer.from(name)));
  const ip = addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number))));
  return extension('2.5.29.17', false, sequence(...dns, ...ip));
}
