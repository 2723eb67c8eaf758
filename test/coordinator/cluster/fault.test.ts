import { expect, test } from 'vitest';
import { type FaultKind, faultOfError, faultOfRefusal } from '../../../coordinator/cluster/client/fault.ts';
import { readRefusal } from '../../../coordinator/cluster/client/refusal.ts';

const ASKED = { verb: 'patch', what: 'statefulsets.apps/scale daq/readout', server: 'https://api' };

const status = (code: number, reason: string) =>
  JSON.stringify({ kind: 'Status', code, reason, message: 'why' });

test.each<[string, number, string, FaultKind]>([
  ['a stale version', 409, status(409, 'Conflict'), 'conflict'],
  ['a taken name', 409, status(409, 'AlreadyExists'), 'exists'],
  ['no such object', 404, status(404, 'NotFound'), 'notFound'],
  ['no such path', 404, '404 page not found', 'notFound'],
  ['no right', 403, status(403, 'Forbidden'), 'forbidden'],
  ['no login', 401, status(401, 'Unauthorized'), 'unauthenticated'],
  ['an old version', 410, status(410, 'Expired'), 'expired'],
  ['a bad object', 422, status(422, 'Invalid'), 'invalid'],
  ['too much', 413, status(413, 'RequestEntityTooLarge'), 'invalid'],
  ['a disruption budget', 429, status(429, 'TooManyRequests'), 'busy'],
  ['a time-out of etcd', 500, status(500, 'InternalError'), 'unknown'],
  ['a proxy without its server', 502, '<html>Bad Gateway</html>', 'unknown'],
  ['an API server that ends', 503, status(503, 'ServiceUnavailable'), 'unknown'],
])('%s', (_, code, body, kind) => {
  const fault = faultOfRefusal(ASKED, readRefusal(code, body));
  expect(fault.kind).toBe(kind);
  expect(fault.message).toContain('patch statefulsets.apps/scale daq/readout');
});

test.each<[string, FaultKind]>([
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unreachable'],
  // The request may have got there.
  ['ECONNRESET', 'unknown'],
  ['UND_ERR_SOCKET', 'unknown'],
  ['UND_ERR_HEADERS_TIMEOUT', 'unknown'],
])('a connection that ends with %s', (code, kind) => {
  const fault = faultOfError(ASKED, Object.assign(new Error(''), { code }));
  expect([fault.kind, fault.code]).toEqual([kind, 'UNREACHABLE']);
  expect(fault.message).toContain(`https://api`);
  expect(fault.message).toContain(code);
});

test('a page of a proxy is cut', () => {
  expect(readRefusal(502, 'x'.repeat(1_000_000)).message.length).toBeLessThan(1_100);
});
