import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type CredentialNotice, openCredentials } from '../../protos/credentials/store.ts';
import { tellCredentials } from '../../protos/credentials/tell.ts';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import { condition } from '../sidecar/condition.ts';
import { newAuthority } from './authority.ts';
import { type Folder, filesOf, issue, newFolder } from './folder.ts';

const HOUR_MS = 3_600_000;
const wanted = { role: 'sidecar', realm: 'mini' } as const;
const root = newAuthority('root');

/** A store that looks at its files all the time, with what it says. */
function open(folder: Folder, wallMs: () => number = Date.now) {
  const said: string[] = [];
  const notice = (each: CredentialNotice): void => {
    const words = each.type === 'notTaken' ? `: ${each.problems.map(problemLine).join('; ')}` : '';
    said.push(`${each.type}${words.replaceAll(`${folder.path}/`, '')}`);
  };
  const store = openCredentials({ directory: folder.path, wanted, notice, wallMs, lookMs: 5 });
  return { store, said, fingerprint: () => store.current().certificate.fingerprint256 };
}

test('what cannot be used is told with all its problems before anything begins', () => {
  using folder = newFolder();
  folder.write({ 'ca.crt': root.certificate });
  const opening = () => open(folder);
  expect(opening).toThrow(RunControlError);
  expect(opening).toThrow(`the credentials in ${folder.path} cannot be used`);
});

test('files that were swapped as a kubelet does it are in use at once, and listeners hear of it', async () => {
  using folder = newFolder();
  folder.swap(filesOf(issue(root, 'sidecar'), [root]));
  const { store, said, fingerprint } = open(folder);
  using _store = store;
  const before = fingerprint();
  let heard = 0;
  store.onRenewed(() => {
    heard += 1;
  });
  folder.swap(filesOf(issue(root, 'sidecar'), [root]));
  await condition('renewed', () => heard === 1);
  expect(fingerprint()).not.toBe(before);
  expect(said).toEqual(['renewed']);
});

test('a set that is half written is not taken; the one before stays in use until the rest has come', async () => {
  using folder = newFolder();
  folder.write(filesOf(issue(root, 'sidecar'), [root]));
  const { store, said, fingerprint } = open(folder);
  using _store = store;
  const before = fingerprint();
  const next = filesOf(issue(root, 'sidecar'), [root]);
  folder.write({ 'tls.crt': next['tls.crt'] });
  const mismatch = 'notTaken: tls.key: want the key of the certificate beside it, got another key';
  await condition('the half is seen', () => said.length === 1);
  expect(said).toEqual([mismatch]);
  expect(fingerprint()).toBe(before);
  folder.write({ 'tls.key': next['tls.key'] });
  await condition('the whole is taken', () => said.includes('renewed'));
  expect(fingerprint()).not.toBe(before);
});

test('files that go away leave what is in use, and are told of once', async () => {
  using folder = newFolder();
  folder.write(filesOf(issue(root, 'sidecar'), [root]));
  const { store, said, fingerprint } = open(folder);
  using _store = store;
  const before = fingerprint();
  rmSync(folder.file('ca.crt'));
  await condition('it is seen', () => said.length > 0);
  folder.write({ 'ca.crt': 'nonsense' });
  await condition('the change is seen', () => said.length > 1);
  expect(said).toEqual([
    'notTaken: ca.crt: want a file that can be read, got no such file',
    'notTaken: ca.crt: want certificates in PEM form, got none',
  ]);
  expect(fingerprint()).toBe(before);
});

test('a certificate that is not valid yet is taken once it is', async () => {
  using folder = newFolder();
  folder.write(filesOf(issue(root, 'sidecar'), [root]));
  let lateMs = 0;
  const { store, said } = open(folder, () => Date.now() + lateMs);
  using _store = store;
  folder.write(filesOf(issue(root, 'sidecar', { fromMs: HOUR_MS / 4 }), [root]));
  await condition('it is refused', () => said.length > 0);
  expect(said[0]).toContain('not valid before');
  lateMs = HOUR_MS / 2;
  await condition('it is taken', () => said.includes('renewed'));
  expect(said).toHaveLength(2);
});

test('what becomes of the files is a line of the log, with file and reason', async () => {
  using folder = newFolder();
  folder.write(filesOf(issue(root, 'sidecar', { toMs: 60_000 }), [root]));
  const lines: (readonly [string, string, string])[] = [];
  const into = (level: string) => (fields: object, message: string) =>
    lines.push([level, message, JSON.stringify(fields)]);
  const log = { info: into('info'), warn: into('warn'), error: into('error') };
  let lateMs = 0;
  using _store = openCredentials({
    directory: folder.path,
    wanted,
    notice: tellCredentials(log, folder.path),
    wallMs: () => Date.now() + lateMs,
    lookMs: 5,
  });
  lateMs = HOUR_MS / 2;
  await condition('it has ended', () => lines.length === 2);
  folder.write({ 'tls.key': 'nonsense' });
  await condition('it is not taken', () => lines.length === 3);
  folder.write(filesOf(issue(root, 'sidecar'), [root]));
  await condition('it is renewed', () => lines.length === 4);
  expect(lines.map(([level, message]) => `${level}: ${message}`)).toEqual([
    'warn: credentials end soon; renew them',
    'error: credentials have ended; new connections will fail',
    'error: new credentials are not taken; those before stay in use',
    'info: credentials are renewed; new connections use them',
  ]);
  expect(lines[2]?.[2]).toContain(`${folder.path}/tls.key: want a private key in PEM form, got none`);
  expect(lines[3]?.[2]).toMatch(
    /"certificate":"CN=sidecar \(DNS:sidecar\.mini\.baton\)","validTo":"20.* UTC"/,
  );
});

test('the end is told ahead, once, and again when it has come; a renewal ends the worry', async () => {
  using folder = newFolder();
  folder.write(filesOf(issue(root, 'sidecar'), [root]));
  let lateMs = 0;
  const { store, said } = open(folder, () => Date.now() + lateMs);
  using _store = store;
  expect(store.secondsLeft()).toBeGreaterThan(3_500);
  expect(said).toEqual([]);
  lateMs = HOUR_MS * 0.85;
  await condition('the end is near', () => said.length === 1);
  lateMs = HOUR_MS * 1.5;
  await condition('the end has come', () => said.length === 2);
  expect(said).toEqual(['ending', 'ended']);
  expect(store.secondsLeft()).toBeLessThan(0);
  lateMs = 0;
  folder.write(filesOf(issue(root, 'sidecar'), [root]));
  await condition('it is renewed', () => said.includes('renewed'));
  expect(store.secondsLeft()).toBeGreaterThan(3_500);
});
