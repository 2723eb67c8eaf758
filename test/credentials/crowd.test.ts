// Peers that never show a certificate cannot take all the room that a server has.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { TLS_CROWD } from '../../protos/credentials/limits.ts';
import { CROWD_SENTENCE } from '../../protos/credentials/reasons.ts';
import { condition } from '../sidecar/condition.ts';
import { newAuthority } from './authority.ts';
import { filesOf, issue } from './folder.ts';
import { dialSidecar, identity, sidecarServer } from './rig.ts';

const root = newAuthority('root');

test('the last connection that has room gets through, one more is let go and told of', async () => {
  using own = identity('sidecar', filesOf(issue(root, 'sidecar'), [root]));
  using operator = identity('operator', filesOf(issue(root, 'operator'), [root]));
  const said: string[] = [];
  await using server = await sidecarServer(own.store, ({ peer, why }) => said.push(`${peer}: ${why}`));
  const [host = '', port] = server.address.split(':');
  const crowd = new Set<Socket>();
  const join = (localAddress: string): Socket => {
    const socket = connect({ host, port: Number(port), localAddress });
    // Whoever is let go may hear of it as a reset.
    socket.on('error', () => undefined);
    crowd.add(socket);
    return socket;
  };
  using first = dialSidecar(server.address, operator.store);
  expect(await first.describe()).toBe('m');
  const { connectionsMax, connectionsOfPeerMax } = TLS_CROWD;
  const joined = (length: number, peer: string) =>
    Promise.all(Array.from({ length }, () => once(join(peer), 'connect')));
  await joined(connectionsOfPeerMax, '127.0.0.2');
  await once(join('127.0.0.2'), 'close');
  await condition('it is told of', () => said.includes(`127.0.0.2: ${CROWD_SENTENCE}`));
  said.length = 0;
  await joined(connectionsMax - connectionsOfPeerMax - 2, '127.0.0.3');
  {
    using last = dialSidecar(server.address, operator.store);
    expect(await last.describe()).toBe('m');
    expect(said).toEqual([]);
    await once(join('127.0.0.4'), 'close');
    expect(said).toEqual([`127.0.0.4: ${CROWD_SENTENCE}`]);
    expect(await first.describe()).toBe('m');
  }
  for (const socket of crowd) socket.destroy();
  await condition('there is room again', async () => {
    using next = dialSidecar(server.address, operator.store);
    return (await next.describe()) === 'm';
  });
});
