// Whom a sidecar in a cluster obeys: its own namespace's coordinator, and nobody else.

import { credentials } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { dialCredentials } from '../../protos/credentials/dial.ts';
import type { Role } from '../../protos/credentials/names.ts';
import { fromStatus, isServiceError } from '../../protos/failure/status.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';
import { newAuthority } from '../credentials/authority.ts';
import { type Files, filesOf, issue } from '../credentials/folder.ts';
import { identity } from '../credentials/rig.ts';
import { rig } from './rig.ts';
import { HELLO } from './testCoordinator.ts';

const root = newAuthority('root');

function files(role: Role, realm: string, authority = root): Files {
  return filesOf(issue(authority, role, { realm }), [root]);
}

/** What comes of a control stream: `welcome`, or the code and sentence of the refusal. */
function control(address: string, how: ReturnType<typeof credentials.createInsecure>): Promise<string> {
  const stub = new v1.Sidecar(address, how, { ...CHANNEL_OPTIONS, 'grpc.use_local_subchannel_pool': 1 });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = stub.Control();
  call.on('data', (message: { readonly welcome?: object | null }) => {
    resolve(message.welcome ? 'welcome' : 'another message');
    call.cancel();
  });
  call.on('error', (error: unknown) => {
    if (!isServiceError(error)) return reject(error);
    const { code, message } = fromStatus(error);
    resolve(`${code}: ${message}`);
  });
  call.write({ hello: HELLO });
  return promise.finally(() => stub.close());
}

test('only the coordinator of its namespace is taken; all others are counted and told', async () => {
  using own = identity('sidecar', files('sidecar', 'physics'), 'physics');
  await using all = await rig({ tls: { directory: own.folder.path, namespace: 'physics' } });
  const ask = async (role: Role, realm: string, authority = root): Promise<string> => {
    using peer = identity(role, files(role, realm, authority), realm);
    return control(
      all.sidecar.grpc,
      dialCredentials({ store: peer.store, role: 'sidecar', realm: 'physics' }),
    );
  };
  const onlyFor = 'baton.v1.Sidecar/Control is for coordinator.physics.baton; the certificate shown is';
  expect(await ask('coordinator', 'physics')).toBe('welcome');
  // A partition may be called like a namespace of somebody else: its name says nothing here.
  expect(await ask('coordinator', 'daq')).toContain(`NOT_ALLOWED: ${onlyFor} CN=coordinator`);
  expect(await ask('coordinator', 'chemistry')).toContain(onlyFor);
  expect(await ask('operator', 'physics')).toContain(onlyFor);
  expect(await ask('sidecar', 'physics')).toMatch(/^NOT_ALLOWED: .*extended key usage|is for coordinator/);
  expect(await control(all.sidecar.grpc, credentials.createInsecure())).toMatch(/^UNREACHABLE: /);
  const metrics = await all.get('/metrics');
  expect(metrics).toContain('baton_peers_refused_total{reason="name"} 4\n');
  expect(metrics).toMatch(/baton_peers_refused_total\{reason="handshake"\} [1-9]/);
  expect(all.log.filter((line) => line.includes('a peer was turned away')).length).toBeGreaterThanOrEqual(5);
});

test('a certificate for the partition of that name is none for the namespace', async () => {
  using own = identity('sidecar', files('sidecar', 'daq'), 'daq');
  const started = rig({ tls: { directory: own.folder.path, namespace: 'physics' } });
  await expect(started).rejects.toMatchObject({
    problems: [{ want: 'the name DNS:sidecar.physics.baton', got: 'DNS:sidecar.daq.baton' }],
  });
});
