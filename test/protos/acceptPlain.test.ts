import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { acceptPlain, PLAIN_GRPC_CROWD } from '../../protos/acceptPlain.ts';
import { condition } from '../sidecar/condition.ts';

test('one address takes no more connections than it may, and others come in', async () => {
  const accepted: Socket[] = [];
  const server = await acceptPlain({ host: '127.0.0.1', port: 0 }, 'here', (socket) => accepted.push(socket));
  const open = (localAddress: string) =>
    connect({ host: '127.0.0.1', port: server.port, localAddress }).on('error', () => undefined);
  const { connectionsOfPeerMax } = PLAIN_GRPC_CROWD;
  const crowd = Array.from({ length: connectionsOfPeerMax }, () => open('127.0.0.2'));
  await condition('all are accepted', () => accepted.length === connectionsOfPeerMax);
  await once(open('127.0.0.2'), 'close');
  expect(accepted).toHaveLength(connectionsOfPeerMax);
  open('127.0.0.3');
  await condition('another one is accepted', () => accepted.length === connectionsOfPeerMax + 1);
  crowd[0]?.destroy();
  await condition('there is room again', async () => {
    const socket = open('127.0.0.2');
    await once(socket, 'connect');
    return accepted.length === connectionsOfPeerMax + 2;
  });
  const ended = server.close();
  server.cut();
  await ended;
  await condition('all are cut', () => crowd.every(({ destroyed }) => destroyed));
});
