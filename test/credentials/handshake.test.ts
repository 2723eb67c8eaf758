// Both sides of a handshake say why it failed; streams outlive each change of certificates.

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { connect } from 'node:tls';
import { type ChannelCredentials, Client, credentials, makeClientConstructor } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { expect, test } from 'vitest';
import { dialCredentials } from '../../protos/credentials/dial.ts';
import type { Role } from '../../protos/credentials/names.ts';
import { newsFilter, type Refused } from '../../protos/credentials/refused.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { v1 } from '../../protos/load.ts';
import { serve } from '../../protos/serve.ts';
import { condition } from '../sidecar/condition.ts';
import { type Authority, newAuthority } from './authority.ts';
import { type Files, filesOf, issue } from './folder.ts';
import { describe, dialSidecar, identity, sidecarServer } from './rig.ts';

const HealthClient = makeClientConstructor(healthService, 'grpc.health.v1.Health');

const root = newAuthority('root');
const other = newAuthority('other');

function files(role: Role, authority: Authority = root, trusted: readonly Authority[] = [root]): Files {
  return filesOf(issue(authority, role), trusted);
}

test('a coordinator and an operator get through, whatever the address is called', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store);
  for (const role of ['coordinator', 'operator'] as const) {
    using client = identity(role, files(role));
    using dialled = dialSidecar(server.address.replace('127.0.0.1', 'localhost'), client.store);
    expect(await dialled.describe()).toBe('m');
  }
});

test('a role that may not call is told what it is for and who it is', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store);
  using client = identity('sidecar', files('sidecar'));
  using dialled = dialSidecar(server.address, client.store);
  expect(await dialled.describe()).toBe(
    'NOT_ALLOWED: baton.v1.Sidecar/DescribeMachine is for coordinator.mini.baton or operator.mini.baton; ' +
      'the certificate shown is CN=sidecar (DNS:sidecar.mini.baton)',
  );
});

test('a method that no rule names is for nobody', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store);
  using client = identity('coordinator', files('coordinator'));
  using dialled = dialSidecar(server.address, client.store);
  const error = await new Promise<unknown>((resolve) => dialled.stub.getState({}, resolve));
  expect(error).toMatchObject({ details: expect.stringContaining('GetState is for nobody') });
});

test('a certificate of another partition is no coordinator here', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store);
  const foreign = issue(root, 'coordinator', {
    names: ['coordinator.mini.baton.org', 'coordinator.maxi.baton'],
  });
  using client = identity('coordinator', filesOf(foreign, [root]), 'maxi');
  using dialled = dialSidecar(server.address, client.store);
  expect(await dialled.describe()).toBe(
    'UNREACHABLE: No connection established. Last error: what answers is not taken for the sidecar: ' +
      `want the name DNS:sidecar.maxi.baton, got DNS:sidecar.mini.baton. Resolution note: `,
  );
  using both = identity(
    'operator',
    filesOf(issue(root, 'operator', { names: ['operator.mini.baton'] }), [root]),
  );
  using sly = dialSidecar(server.address, both.store);
  expect(await sly.describe()).toBe('m');
});

test('who has another role is counted, and told by address', async () => {
  using own = identity('sidecar', files('sidecar'));
  const refused: Refused[] = [];
  await using server = await sidecarServer(own.store, (each) => refused.push(each));
  using client = identity('operator', files('operator'));
  using dialled = dialSidecar(server.address, client.store);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  dialled.stub.watchState({}).on('error', resolve).resume();
  expect(await promise).toMatchObject({ code: 7 });
  expect(refused).toEqual([
    { reason: 'name', peer: '127.0.0.1', why: expect.stringContaining('WatchState is for coordinator.mini') },
  ]);
});

test('a client that speaks for several realms takes a server only of the one that it wants', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store);
  const several = issue(root, 'coordinator', {
    names: ['coordinator.maxi.baton', 'coordinator.mini.baton'],
  });
  using client = identity('coordinator', filesOf(several, [root]), undefined);
  using right = dialSidecar(server.address, client.store, 'mini');
  expect(await right.describe()).toBe('m');
  using wrong = dialSidecar(server.address, client.store, 'maxi');
  expect(await wrong.describe()).toContain(
    'want the name DNS:sidecar.maxi.baton, got DNS:sidecar.mini.baton',
  );
});

test('a client that has nothing to show yet says why', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store);
  const nothing = (): never => {
    throw new RunControlError('STORAGE', 'no authority is there yet');
  };
  const store = { current: nothing, context: nothing, [Symbol.dispose]: () => undefined };
  using dialled = dialSidecar(server.address, store, 'mini');
  expect(await dialled.describe()).toMatch(/^UNREACHABLE: .*no authority is there yet/);
  expect(dialled.credentials.failure).toBe('no authority is there yet');
});

/** What client and server say when a client with these files, none of them good, calls. */
async function refusedClient(
  shown: Files | undefined,
): Promise<{ client: string; server: readonly string[]; counted: readonly string[] }> {
  const said: string[] = [];
  using own = identity('sidecar', files('sidecar'));
  const isNews = newsFilter();
  const counted: string[] = [];
  await using server = await sidecarServer(own.store, (refused) => {
    counted.push(refused.reason);
    if (isNews(refused)) said.push(`${refused.peer}: ${refused.why}`);
  });
  const secure = credentials.createSsl(
    Buffer.from(root.certificate),
    shown === undefined ? null : Buffer.from(shown['tls.key']),
    shown === undefined ? null : Buffer.from(shown['tls.crt']),
  );
  const stub = new v1.Sidecar(server.address, secure, {
    'grpc.ssl_target_name_override': 'sidecar.mini.baton',
  });
  try {
    // Again and again is told of once.
    await describe(stub);
    return { client: await describe(stub), server: said, counted };
  } finally {
    stub.close();
  }
}

test.each([
  [
    'of another authority',
    files('operator', other),
    /signed by CN=other, which is none of the trusted authorities$/,
  ],
  [
    'that has expired',
    filesOf(issue(root, 'operator', { fromMs: -7_200_000, toMs: -3_600_000 }), [root]),
    /the certificate CN=operator .* expired on 20.* UTC$/,
  ],
  [
    'that is not valid yet',
    filesOf(issue(root, 'operator', { fromMs: 1_800_000 }), [root]),
    /is not valid before 20.* UTC; is a clock wrong\?$/,
  ],
  [
    'for servers only',
    filesOf(issue(root, 'operator', { uses: ['serverAuth'] }), [root]),
    /may not be used for this: its extended key usage says so$/,
  ],
  [
    'without any subject',
    filesOf(other.issue({ commonName: undefined }), [root]),
    /the certificate no subject \(no name\) is signed by CN=other, which is none/,
  ],
  [
    'with a subject beyond all bounds',
    filesOf(
      newAuthority('x'.repeat(5_000)).issue({ commonName: '🙂'.repeat(2_000), names: ['a'.repeat(2_000)] }),
      [root],
    ),
    /^.{100,600}$/u,
  ],
  ['that is missing', undefined, /: a client certificate is wanted here, and none was shown$/],
])('a client certificate %s is told to both sides', async (_, shown, words) => {
  const { client, server, counted } = await refusedClient(shown);
  expect(client).toMatch(/^NOT_ALLOWED: /);
  expect(client).toMatch(words);
  expect(server).toEqual([expect.stringMatching(/^127\.0\.0\.1: /)]);
  expect(server[0]).toMatch(words);
  expect(counted.length).toBeGreaterThanOrEqual(2);
  expect(new Set(counted)).toEqual(new Set(['certificate']));
});

test.each([
  [
    'of another authority',
    'mini',
    files('sidecar', other, [other, root]),
    /signed by CN=other, which is none of the trusted/,
  ],
  [
    'with the name of another partition and an address',
    'maxi',
    filesOf(issue(root, 'sidecar', { names: ['sidecar.maxi.baton', '127.0.0.1'] }), [root]),
    /want the name DNS:sidecar\.mini\.baton, got DNS:sidecar\.maxi\.baton, DNS:127\.0\.0\.1/,
  ],
])('a server certificate %s is not taken, and the client says why', async (_, partition, shown, words) => {
  using own = identity('sidecar', shown, partition);
  await using server = await sidecarServer(own.store);
  using client = identity('coordinator', files('coordinator'));
  using dialled = dialSidecar(server.address, client.store);
  expect(await dialled.describe()).toMatch(/^UNREACHABLE: .*what answers is not taken for the sidecar: /);
  expect(dialled.credentials.failure).toMatch(words);
});

test('a server whose certificate has expired meanwhile is not taken', async () => {
  using own = identity('sidecar', filesOf(issue(root, 'sidecar', { toMs: 1_500 }), [root]));
  await using server = await sidecarServer(own.store);
  using client = identity('coordinator', files('coordinator'));
  await condition('it has expired', () => own.store.secondsLeft() < -1);
  using dialled = dialSidecar(server.address, client.store);
  await dialled.describe();
  expect(dialled.credentials.failure).toMatch(/the certificate CN=sidecar .* expired on 20.* UTC$/);
});

test('plaintext at a TLS server, and TLS at a plaintext server', async () => {
  const said: string[] = [];
  using own = identity('sidecar', files('sidecar'));
  const isNews = newsFilter();
  const counted: string[] = [];
  await using server = await sidecarServer(own.store, (refused) => {
    counted.push(refused.reason);
    if (isNews(refused)) said.push(`${refused.peer}: ${refused.why}`);
  });
  const plain = new v1.Sidecar(server.address, credentials.createInsecure());
  expect(await describe(plain)).toMatch(/^UNREACHABLE: /);
  plain.close();
  await condition('the server says so', () => said.length > 0);
  expect(said).toEqual(['127.0.0.1: it speaks no TLS']);
  await using bare = await serve({ listen: '127.0.0.1:0', insecureListen: false, services: [] });
  using client = identity('coordinator', files('coordinator'));
  using dialled = dialSidecar(bare.address, client.store);
  await dialled.describe();
  expect(dialled.credentials.failure).toBe(
    'what answers speaks no TLS; the sidecar may have been started without credentials',
  );
});

test('nobody there is no failure of a handshake; one who hangs up is', async () => {
  using client = identity('coordinator', files('coordinator'));
  using nobody = dialSidecar('127.0.0.1:1', client.store);
  expect(await nobody.describe()).toContain('ECONNREFUSED');
  expect(nobody.credentials.failure).toBeUndefined();
  const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(rude, 'listening');
  const bound = rude.address();
  using dialled = dialSidecar(`127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`, client.store);
  await dialled.describe();
  expect(dialled.credentials.failure).toMatch(/the handshake|no TLS handshake/);
  rude.close();
});

/** A stream that stays open; how often it broke, and how to make it speak. */
function watching(dialled: ReturnType<typeof dialSidecar>) {
  const heard: unknown[] = [];
  let broken: unknown;
  const call = dialled.stub.watchState({});
  call.on('data', (message: unknown) => heard.push(message));
  call.on('error', (error) => {
    broken = error;
  });
  return { heard, broken: () => broken, call };
}

/** What a server shows to someone who connects now. */
async function shownBy(address: string, trusted: Authority): Promise<string> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({
    host,
    port: Number(port),
    ca: trusted.certificate,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  const shown = socket.getPeerX509Certificate();
  socket.destroy();
  return shown?.fingerprint256 ?? '';
}

test('certificates and authorities are changed while a stream stays up', async () => {
  using own = identity('sidecar', files('sidecar'));
  using client = identity('coordinator', files('coordinator'));
  await using server = await sidecarServer(own.store);
  using old = dialSidecar(server.address, client.store);
  const stream = watching(old);
  await condition('the stream is open', () => stream.heard.length === 1);
  const change = async (side: typeof own, next: Files) => {
    side.folder.swap(next);
    const wanted = new X509Certificate(next['tls.crt']).fingerprint256;
    await condition('it is taken', () => side.store.current().certificate.fingerprint256 === wanted);
  };
  // A new leaf, then both authorities, then leaves of the new one, then only the new one.
  await change(own, files('sidecar'));
  await change(own, files('sidecar', root, [root, other]));
  await change(client, files('coordinator', root, [root, other]));
  await change(own, files('sidecar', other, [root, other]));
  using mixed = dialSidecar(server.address, client.store);
  expect(await mixed.describe()).toBe('m');
  await change(client, files('coordinator', other, [other]));
  await change(own, files('sidecar', other, [other]));
  expect(await shownBy(server.address, other)).toBe(own.store.current().certificate.fingerprint256);
  using fresh = dialSidecar(server.address, client.store);
  expect(await fresh.describe()).toBe('m');
  // Whoever still shows a certificate of the old authority is a stranger now.
  using late = identity('coordinator', files('coordinator', root, [root, other]));
  using stale = dialSidecar(server.address, late.store);
  expect(await stale.describe()).toContain('signed by CN=root, which is none of the trusted authorities');
  // The stream of the beginning goes on, and so does its connection.
  expect(stream.broken()).toBeUndefined();
  expect(await old.describe()).toBe('m');
  stream.call.cancel();
});

test('no session is resumed: each connection shows its certificate', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store);
  const [host = '', port = ''] = server.address.split(':');
  const mine = files('operator');
  const options = {
    host,
    port: Number(port),
    ca: root.certificate,
    cert: mine['tls.crt'],
    key: mine['tls.key'],
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
  };
  const first = connect(options);
  const sessions: Buffer[] = [];
  first.on('session', (session) => sessions.push(session));
  await once(first, 'secureConnect');
  // The server's first frame comes after whatever tickets it would give.
  await once(first, 'readable');
  const session = sessions[0] ?? first.getSession();
  first.destroy();
  const second = connect({ ...options, ...(session === undefined ? {} : { session }) });
  await once(second, 'secureConnect');
  expect(second.isSessionReused()).toBe(false);
  second.destroy();
});

test('an older TLS is refused', async () => {
  const said: string[] = [];
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store, ({ why }) => said.push(why));
  const [host = '', port = ''] = server.address.split(':');
  const socket = connect({ host, port: Number(port), maxVersion: 'TLSv1.2', rejectUnauthorized: false });
  const [error] = await once(socket, 'error');
  expect(String(error)).toContain('alert protocol version');
  await condition('it is told', () => said.length > 0);
  expect(said).toEqual(['it speaks only an older TLS than 1.3']);
});

test('a stop ends although a client with a good certificate holds on', async () => {
  using own = identity('sidecar', files('sidecar'));
  using client = identity('coordinator', files('coordinator'));
  const server = await sidecarServer(own.store);
  using dialled = dialSidecar(server.address, client.store);
  const stream = watching(dialled);
  await condition('the stream is open', () => stream.heard.length === 1);
  await server[Symbol.asyncDispose]();
  await condition('it is cut', () => stream.broken() !== undefined);
});

test('who says nothing is let go: in a handshake, as a stranger, as a server', async () => {
  const said: string[] = [];
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store, ({ why }) => said.push(why));
  const [host = '', port = ''] = server.address.split(':');
  const mute = connectTcp({ host, port: Number(port) });
  const stranger = connect({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  // Both read, or they would not see the end.
  mute.resume();
  stranger.resume();
  const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const bound = silent.address();
  using client = identity('coordinator', files('coordinator'));
  using dialled = dialSidecar(`127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`, client.store);
  const asked = dialled.describe();
  await Promise.all([once(mute, 'close'), once(stranger, 'close')]);
  await asked;
  expect(said.toSorted()).toEqual([
    'a client certificate is wanted here, and none was shown',
    'it did not finish the handshake in time',
  ]);
  expect(dialled.credentials.failure).toBe('the sidecar did not finish the handshake within 5 s');
  silent.close();
});

test('anybody whose certificate is good may ask for health, and nobody else', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await sidecarServer(own.store);
  using client = identity('sidecar', files('sidecar'));
  const ask = (used: ChannelCredentials) => {
    const options = {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.ssl_target_name_override': 'sidecar.mini.baton',
    };
    const stub = new HealthClient(server.address, used, options);
    return new Promise((resolve) => {
      stub['Check']?.({ service: '' }, (error: Error | null, answer?: { status: string }) => {
        stub.close();
        resolve(answer?.status ?? error?.message);
      });
    });
  };
  expect(await ask(dialCredentials({ store: client.store, role: 'sidecar' }))).toBe('SERVING');
  expect(await ask(credentials.createSsl(Buffer.from(root.certificate)))).toContain('PERMISSION_DENIED');
});

test('with certificates a server may listen beyond loopback', async () => {
  using own = identity('sidecar', files('sidecar'));
  await using server = await serve({
    listen: '0.0.0.0:0',
    insecureListen: false,
    tls: { store: own.store, realm: 'mini', refused: () => undefined },
    services: [],
  });
  expect(server.address).toMatch(/^0\.0\.0\.0:\d+$/);
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  const ready = await new Promise<unknown>((resolve) => client.waitForReady(Date.now() + 500, resolve));
  expect(ready).toBeInstanceOf(Error);
  client.close();
});
