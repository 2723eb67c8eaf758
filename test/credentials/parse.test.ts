import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Pair } from '../../coordinator/cluster/identity/certificate.ts';
import { FILE_BYTES_MAX, readSet } from '../../protos/credentials/files.ts';
import type { Role } from '../../protos/credentials/names.ts';
import { AUTHORITIES_MAX, parseCredentials } from '../../protos/credentials/parse.ts';
import { problemLine } from '../../protos/failure/trouble.ts';
import { newAuthority } from './authority.ts';
import { type Files, filesOf, issue, newFolder } from './folder.ts';

const HOUR_MS = 3_600_000;
const root = newAuthority('root');
const other = newAuthority('other');
const good = filesOf(issue(root, 'sidecar'), [root]);

/** What is said of these files, with the folder taken out of it. */
function saidOf(
  files: Partial<Files>,
  wanted: { role?: Role; realm?: string | undefined } = {},
): readonly string[] {
  using folder = newFolder();
  folder.write(files);
  const read = readSet(folder.path);
  const { role = 'sidecar' } = wanted;
  const realm = 'realm' in wanted ? wanted.realm : 'mini';
  const parsed =
    'problems' in read
      ? read
      : parseCredentials(read.texts, {
          directory: folder.path,
          wanted: { role, realm },
          nowMs: Date.now(),
        });
  const problems = 'problems' in parsed ? parsed.problems : [];
  return problems.map((each) => problemLine({ ...each, path: each.path.replace(`${folder.path}/`, '') }));
}

function identity(certificate: Pair): Files {
  return { ...good, 'tls.crt': certificate.certificate, 'tls.key': certificate.key };
}

test('good files have no problems', () => {
  expect(saidOf(good)).toEqual([]);
});

test('every missing file is named', () => {
  expect(saidOf({})).toEqual([
    'ca.crt: want a file that can be read, got no such file',
    'tls.crt: want a file that can be read, got no such file',
    'tls.key: want a file that can be read, got no such file',
  ]);
});

test('what is no PEM, empty or damaged', () => {
  const damaged = good['tls.crt'].replace(/\n.{8}/, '\nAAAAAAAA');
  expect(saidOf({ 'ca.crt': '', 'tls.crt': 'hello', 'tls.key': 'hello' })).toEqual([
    'ca.crt: want certificates in PEM form, got an empty file',
    'tls.crt: want certificates in PEM form, got none',
    'tls.key: want a private key in PEM form, got none that can be read',
  ]);
  expect(saidOf({ ...good, 'tls.crt': damaged })).toEqual([
    'tls.crt: want certificates that can be read, got a damaged one at place 1',
  ]);
});

test('a file beyond the limit is not read', () => {
  expect(saidOf({ ...good, 'tls.crt': 'x'.repeat(FILE_BYTES_MAX + 1) })).toEqual([
    `tls.crt: want at most ${FILE_BYTES_MAX} bytes, got ${FILE_BYTES_MAX + 1}`,
  ]);
});

test('more authorities than are trusted at once', () => {
  const many = Array.from({ length: AUTHORITIES_MAX + 1 }, () => good['ca.crt']).join('');
  expect(saidOf({ ...good, 'ca.crt': many })).toEqual([
    `ca.crt: want at most ${AUTHORITIES_MAX} certificates, got ${AUTHORITIES_MAX + 1}`,
  ]);
});

test('expired, and not valid yet', () => {
  const [expired] = saidOf(identity(issue(root, 'sidecar', { fromMs: -2 * HOUR_MS, toMs: -HOUR_MS })));
  expect(expired).toMatch(
    /^tls\.crt: want a certificate that is valid now, got one that expired on 20\d\d-.* UTC$/,
  );
  const [early] = saidOf(identity(issue(root, 'sidecar', { fromMs: HOUR_MS / 2 })));
  expect(early).toMatch(/^tls\.crt: want .*valid now, got one that is not valid before 20\d\d-.* UTC$/);
});

test('an authority that has expired is no harm beside another one, but alone it is', () => {
  const ended = newAuthority('ended', { fromMs: -2 * HOUR_MS, toMs: -HOUR_MS });
  expect(saidOf(filesOf(issue(root, 'sidecar'), [ended, root]))).toEqual([]);
  const alone = saidOf(filesOf(issue(ended, 'sidecar'), [ended]));
  expect(alone).toEqual([expect.stringMatching(/^ca\.crt: want .*valid now, got one that expired on /)]);
});

test('the key of another certificate, and one with a passphrase', () => {
  expect(saidOf({ ...good, 'tls.key': issue(root, 'sidecar').key })).toEqual([
    'tls.key: want the key of the certificate beside it, got another key',
  ]);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
  expect(saidOf({ ...good, 'tls.key': String(privateKey.export(options)) })).toEqual([
    'tls.key: want a key without a passphrase, got one with a passphrase',
  ]);
});

test('another authority, and a certificate that is none', () => {
  expect(saidOf({ ...good, 'ca.crt': other.certificate })).toEqual([
    'tls.crt: want one that a root in ca.crt has signed, itself or through others in this file, got one signed by CN=root',
  ]);
  expect(saidOf({ ...good, 'ca.crt': good['ca.crt'] + good['tls.crt'] })).toEqual([
    'ca.crt: want certificates of authorities (CA:TRUE), got CN=sidecar (DNS:sidecar.mini.baton)',
  ]);
});

test('an authority between is taken from the file of the certificate or of the authorities', () => {
  const between = root.subordinate('between');
  const leaf = issue(between, 'sidecar');
  expect(saidOf(identity({ ...leaf, certificate: leaf.certificate + between.certificate }))).toEqual([]);
  expect(saidOf(filesOf(leaf, [root, between]))).toEqual([]);
  expect(saidOf(filesOf(leaf, [root]))).toEqual([expect.stringContaining('got one signed by CN=between')]);
});

test('the name of another role or partition, a wildcard, a common name alone', () => {
  const want = 'tls.crt: want the name DNS:sidecar.mini.baton, got ';
  expect(saidOf(identity(issue(root, 'operator')))).toEqual([`${want}DNS:operator.mini.baton`]);
  expect(saidOf(identity(issue(root, 'sidecar', { realm: 'maxi' })))).toEqual([
    `${want}DNS:sidecar.maxi.baton`,
  ]);
  expect(saidOf(identity(issue(root, 'sidecar', { names: ['*.mini.baton'] })))).toEqual([
    `${want}DNS:*.mini.baton`,
  ]);
  const unnamed = root.issue({ commonName: 'sidecar.mini.baton' });
  expect(saidOf(identity(unnamed))).toEqual([`${want}no name`]);
});

test('a client has its role in any partition, and must have it in one', () => {
  const operator = identity(issue(root, 'operator', { realm: 'maxi' }));
  expect(saidOf(operator, { role: 'operator', realm: undefined })).toEqual([]);
  expect(saidOf(good, { role: 'operator', realm: undefined })).toEqual([
    'tls.crt: want the name DNS:operator.<partition>.baton, got DNS:sidecar.mini.baton',
  ]);
});

test('names inside of another name do not count', () => {
  const sly = identity(root.issue({ names: ['a, DNS:operator.mini.baton, b'] }));
  expect(saidOf(sly, { role: 'operator', realm: undefined })).toEqual([
    expect.stringContaining('want the name'),
  ]);
});

test('a certificate that may not be used for both ends of a connection', () => {
  const serverOnly = identity(issue(root, 'coordinator', { uses: ['serverAuth'] }));
  expect(saidOf(serverOnly, { role: 'coordinator' })).toEqual([
    'tls.crt: want the extended key usage serverAuth, clientAuth, got serverAuth',
  ]);
  expect(saidOf(identity(issue(root, 'sidecar', { uses: ['serverAuth'] })))).toEqual([]);
});

test('it is valid no longer than the authority that it comes from', () => {
  const short = newAuthority('short', { toMs: HOUR_MS / 2 });
  const texts = filesOf(issue(short, 'sidecar'), [short]);
  const parsed = parseCredentials(
    { authorities: texts['ca.crt'], certificate: texts['tls.crt'], key: texts['tls.key'] },
    { directory: '/d', wanted: { role: 'sidecar', realm: 'mini' }, nowMs: Date.now() },
  );
  if ('problems' in parsed) throw new Error('it is good');
  expect(parsed.credentials.validToMs - Date.now()).toBeLessThan(HOUR_MS / 2 + 1_000);
});
