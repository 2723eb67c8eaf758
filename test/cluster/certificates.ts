// The certificates of a cluster. One authority signs all; who is an administrator is said by the organization.

import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pair } from '../../coordinator/cluster/identity/certificate.ts';
import { type Authority, type Leaf, newAuthority } from '../credentials/authority.ts';

/** Long enough that nobody has to renew anything, in milliseconds. */
const VALID_MS = 10 * 365 * 86_400_000;

/** Files of an authority and of what it has signed, in one folder. */
export type Certificates = {
  /** The authority's own certificate, as file and as text. */
  readonly authorityFile: string;
  readonly authority: string;
  /** The key with which tokens of ServiceAccounts are signed. */
  readonly serviceAccountKey: string;
  /** Signs a certificate and writes both parts. */
  issue(name: string, leaf: Leaf): Files;
  /** Writes the kubeconfig of a user, and gives its path. */
  kubeconfig(user: User): string;
};

export type Files = Pair & { readonly certificateFile: string; readonly keyFile: string };

export type User = {
  /** The name of the file. */
  readonly file: string;
  readonly server: string;
  /** As RBAC sees the user. */
  readonly name: string;
  readonly group?: string;
};

/** Makes an authority and the key of the ServiceAccounts in a folder. */
export function newCertificates(folder: string): Certificates {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = newAuthority('baton test cluster', { toMs: VALID_MS });
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  // In this form the API server reads both halves from one file.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    authorityFile: file('ca.crt', authority.certificate),
    authority: authority.certificate,
    serviceAccountKey: file('sa.key', privateKey.export({ type: 'sec1', format: 'pem' }).toString()),
    issue: (name, leaf) => {
      const pair = authority.issue({ toMs: VALID_MS, ...leaf });
      return {
        ...pair,
        certificateFile: file(`${name}.crt`, pair.certificate),
        keyFile: file(`${name}.key`, pair.key),
      };
    },
    kubeconfig: (user) => file(user.file, kubeconfigText(authority, user)),
  };
}

/** A kubeconfig is YAML, and so may be JSON. */
function kubeconfigText(authority: Authority, { server, name, group }: User): string {
  const pair = authority.issue({
    commonName: name,
    organization: group,
    uses: ['clientAuth'],
    toMs: VALID_MS,
  });
  const data = (text: string) => Buffer.from(text).toString('base64');
  const cluster = { server, 'certificate-authority-data': data(authority.certificate) };
  const user = { 'client-certificate-data': data(pair.certificate), 'client-key-data': data(pair.key) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'baton', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'baton', context: { cluster: 'baton', user: name } }],
    'current-context': 'baton',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
