import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { issueIdentity, newAuthority } from '../../../../coordinator/cluster/identity/certificate.ts';
import { ROLES, type Role } from '../../../../protos/credentials/names.ts';
import { parseCredentials } from '../../../../protos/credentials/parse.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const dates = { fromMs: nowMs - 1_000, toMs: nowMs + 3_600_000 };

test.each(ROLES)('what is issued for a %s is taken for that, in its realm and in no other', (role) => {
  const authority = newAuthority('baton physics', { fromMs: nowMs - 1_000, toMs: nowMs + 7_200_000 });
  const { certificate, key } = issueIdentity(authority, { role, realm: 'physics', ...dates });
  const read = (wanted: Role, realm: string) =>
    parseCredentials(
      { authorities: authority.certificate, certificate, key },
      { directory: '/d', wanted: { role: wanted, realm }, nowMs },
    );
  expect(read(role, 'physics')).toMatchObject({
    credentials: { realms: ['physics'], validFromMs: dates.fromMs, validToMs: dates.toMs },
  });
  expect(read(role, 'beam')).toHaveProperty('problems');
  for (const other of ROLES.filter((each) => each !== role)) {
    expect(read(other, 'physics')).toHaveProperty('problems');
  }
});

test('authorities of one title are told apart, sign themselves, and sign no further authority', () => {
  const [one, two] = [newAuthority('baton physics', dates), newAuthority('baton physics', dates)];
  const [a, b] = [new X509Certificate(one.certificate), new X509Certificate(two.certificate)];
  expect(a.subject).toMatch(/^CN=baton physics [0-9a-f]{8}$/);
  expect(a.subject).not.toBe(b.subject);
  expect(a.verify(a.publicKey)).toBe(true);
  expect(a.verify(b.publicKey)).toBe(false);
  expect(a.ca).toBe(true);
  expect(
    new X509Certificate(issueIdentity(one, { role: 'sidecar', realm: 'x', ...dates }).certificate).ca,
  ).toBe(false);
});

test('a title beyond what a name may hold is cut, and dates beyond 2049 are written as they must be', () => {
  const end = Date.UTC(2051, 0, 1);
  const { certificate } = newAuthority('n'.repeat(80), { fromMs: nowMs, toMs: end });
  const read = new X509Certificate(certificate);
  expect(read.subject).toMatch(/^CN=n{55} [0-9a-f]{8}$/);
  expect(read.validToDate.getTime()).toBe(end);
  expect(read.validFromDate.getTime()).toBe(nowMs);
});
