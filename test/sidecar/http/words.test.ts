// The small pure parts: templates, pointers, tokens, and the kernel's table of listeners.

import { getEventListeners } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { monotonicClock } from '../../../sidecar/clock.ts';
import { exchange } from '../../../sidecar/process/http/exchange.ts';
import { at, parseBody, textAt } from '../../../sidecar/process/http/json.ts';
import type { Line } from '../../../sidecar/process/http/line.ts';
import { addressesFor, inodesOf, listenerOf } from '../../../sidecar/process/http/listener.ts';
import { look } from '../../../sidecar/process/http/look.ts';
import { fillBody, fillHeader, fillPath } from '../../../sidecar/process/http/template.ts';
import { parseToken, tokenText } from '../../../sidecar/process/token.ts';
import { settings } from './httpRig.ts';

test.each([
  ['', { a: 1 }, { a: 1 }],
  ['/a', { a: 1 }, 1],
  ['/a/1/b', { a: [0, { b: 'x' }] }, 'x'],
  ['/a~1b/c~0d', { 'a/b': { 'c~d': true } }, true],
  ['/', { '': 3 }, 3],
  ['/b', { a: 1 }, undefined],
  ['/toString', {}, undefined],
  ['/length', 'text', undefined],
  ['/a/b', { a: null }, undefined],
])('the pointer %j in %j finds %j', (pointer, value, found) => {
  expect(at(value, pointer)).toEqual(found);
});

test('a body that is no JSON is a text', () => {
  expect(textAt(parseBody(' IDLE\n'), '')).toBe('IDLE');
  expect(textAt(parseBody('7'), '')).toBe('7');
  expect(textAt(parseBody('{}'), '')).toBeUndefined();
});

test('what is filled in is never filled again, and cannot leave its place', () => {
  const values = { to: '{run}/../x?y', run: 7, arguments: { a: '"{to}"', b: { c: 1 } } };
  expect(fillPath('/go/{to}/{run}/{nothing}', values)).toBe('/go/%7Brun%7D%2F..%2Fx%3Fy/7/{nothing}');
  expect(fillHeader('{arguments.a}', { ...values, arguments: { a: 'a\r\nX: y' } })).toBe('a??X: y');
  const template = {
    '{to}': '{arguments.a}',
    list: ['{run}', 'run {run}', null, true],
    none: '{arguments.no}',
  };
  expect(fillBody(template, values)).toEqual({
    '{to}': '"{to}"',
    list: [7, 'run 7', null, true],
    none: null,
  });
  expect(fillBody('{arguments}', values)).toEqual(values.arguments);
});

test.each(['op-1', 'a.b.c', 'with blank/slash', 'ä%', ''])('a token with id %j comes back', (operationId) => {
  const token = { operationNumber: 12, step: 3, operationId };
  expect(tokenText(token)).toMatch(/^[!-~]+$/);
  expect(parseToken(tokenText(token))).toEqual(token);
});

test.each(['', '1.2', 'x.2.a', '1.2.%', '1.2.a b', '99999999999999999.1.a', `1.2.${'x'.repeat(65)}`])(
  '%j is no token',
  (text) => {
    expect(parseToken(text)).toBeUndefined();
  },
);

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '0.0.0.0', true],
  ['127.0.0.1', '::', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['127.0.0.1', '::1', false],
  ['::1', '::1', true],
  ['::1', '::', true],
  ['::1', '127.0.0.1', false],
])('to %s the kernel shows the listener on %s: %j', async (host, listensOn, isSeen) => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ host: listensOn, port: 0 }, resolve);
  await promise;
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const first = await listenerOf({ host, port });
  expect(first !== undefined).toBe(isSeen);
  expect(await listenerOf({ host, port })).toBe(first);
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  server.close(() => close());
  await closed;
  expect(await listenerOf({ host, port })).toBeUndefined();
  const again = Promise.withResolvers<void>();
  server.listen({ host: listensOn, port }, again.resolve);
  await again.promise;
  // The same program on the same port, and another socket.
  if (isSeen) expect(await listenerOf({ host, port })).not.toBe(first);
  server.close();
});

test('a signal that lasts keeps no listener of an exchange that is over', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.0 200 OK\r\n\r\nwell');
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  await promise;
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const { signal } = new AbortController();
  const request = { method: 'GET', path: '/', headers: {}, body: '' };
  const ask = (isMeant: boolean) =>
    exchange({
      ...{ address: { host: '127.0.0.1', port }, request, clock: monotonicClock, deadlineMs: 5_000, signal },
      isMeant: async () => isMeant,
    });
  expect(await ask(true)).toEqual({ kind: 'answered', answer: { status: 200, body: 'well' } });
  expect(await ask(false)).toMatchObject({ kind: 'unsent', gone: true });
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  server.close();
  expect(await ask(true)).toMatchObject({
    kind: 'unsent',
    why: 'the process cannot be reached: ECONNREFUSED',
  });
  const gone = exchange({
    ...{ address: { host: '127.0.0.1', port }, request, clock: monotonicClock, deadlineMs: 5_000 },
    ...{ isMeant: async () => true, signal: AbortSignal.abort() },
  });
  expect(await gone).toMatchObject({ kind: 'unsent' });
});

test('that nobody can tell who listens is silence, and nothing is sent', async () => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  await promise;
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const isMeant = () => Promise.reject(new Error('EMFILE: too many open files'));
  const { signal } = new AbortController();
  const why = 'who listens there cannot be read: EMFILE: too many open files';
  const sent = exchange({
    ...{ address: { host: '127.0.0.1', port }, clock: monotonicClock, deadlineMs: 5_000, signal, isMeant },
    request: { method: 'GET', path: '/', headers: {}, body: '' },
  });
  expect(await sent).toEqual({ kind: 'unsent', why, gone: false });
  server.close();
  const line: Line = { listener: 'x', isMeant, ask: async () => ({ kind: 'broken', why: 'ECONNRESET' }) };
  expect(await look(settings({}), line, 5_000)).toEqual({ kind: 'late', why });
  expect(await look(settings({ state: { path: '/state' } }), line, 5_000)).toEqual({ kind: 'late', why });
});

test('connections are no listeners, and another port is another', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0',
    '   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 20 4 30 10 -1',
    '   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0',
    '',
  ].join('\n');
  expect([...inodesOf(table, 8_080, new Set(['0100007F']))]).toEqual(['111']);
  expect([...inodesOf(table, 8_081, new Set(addressesFor('localhost')))]).toEqual(['333']);
  expect([...inodesOf(table, 8_081, new Set(['00000000']))]).toEqual([]);
});
