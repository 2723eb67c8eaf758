// The proxy itself: each fault is what it says, or tests of others would prove nothing.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { condition } from '../sidecar/condition.ts';
import { FaultProxy } from './proxy.ts';

type Party = { readonly socket: Socket; readonly heard: () => string; readonly ended: () => string };

/** A socket that remembers what it heard and how it ended. */
function party(socket: Socket): Party {
  let heard = '';
  let ended = '';
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString();
  });
  socket.on('end', () => {
    ended ||= 'closed';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    ended = error.code ?? 'error';
  });
  return { socket, heard: () => heard, ended: () => ended };
}

type World = AsyncDisposable & {
  readonly proxy: FaultProxy;
  /** Connections as the server sees them, the newest last. */
  readonly served: readonly Party[];
  readonly dial: () => Promise<Party>;
};

async function world(): Promise<World> {
  const served: Party[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => served.push(party(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('it listens on a port');
  const proxy = await FaultProxy.start(`127.0.0.1:${bound.port}`);
  const dialled: Socket[] = [];
  return {
    proxy,
    served,
    dial: async () => {
      const socket = connect({ port: Number(proxy.address.split(':')[1]), allowHalfOpen: true });
      dialled.push(socket);
      const client = party(socket);
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const { socket } of served) socket.destroy();
      for (const socket of dialled) socket.destroy();
      await proxy[Symbol.asyncDispose]();
      server.close();
    },
  };
}

async function pair(all: World): Promise<{ readonly client: Party; readonly server: Party }> {
  const before = all.served.length;
  const client = await all.dial();
  await condition('the server is dialled', () => all.served.length > before);
  const server = all.served.at(-1);
  if (server === undefined) throw new Error('it was just seen');
  return { client, server };
}

test('a sound wire carries both ways, and the end of one side', async () => {
  await using all = await world();
  const { client, server } = await pair(all);
  client.socket.end('ping');
  await condition('it came', () => server.heard() === 'ping' && server.ended() === 'closed');
  server.socket.end('pong');
  await condition('and back', () => client.heard() === 'pong' && client.ended() === 'closed');
  await condition('nothing is left', () => all.proxy.open === 0);
  expect(all.proxy.accepted).toBe(1);
});

test('a delay holds every byte back and keeps their order, also when it shrinks', async () => {
  await using all = await world();
  const { client, server } = await pair(all);
  all.proxy.delay(80);
  const sentAtMs = performance.now();
  client.socket.write('slow ');
  await condition('it is on its way', () => all.proxy.carried === 1);
  all.proxy.delay(0);
  client.socket.write('fast');
  await condition('all came', () => server.heard().length === 9);
  expect(server.heard()).toBe('slow fast');
  expect(performance.now() - sentAtMs).toBeGreaterThanOrEqual(75);
});

test('a cut resets both ends, and the next connection passes', async () => {
  await using all = await world();
  const { client, server } = await pair(all);
  all.proxy.cut();
  await condition('both know', () => client.ended() === 'ECONNRESET' && server.ended() === 'ECONNRESET');
  const next = await pair(all);
  next.client.socket.write('again');
  await condition('it passes', () => next.server.heard() === 'again');
});

test('who is away resets every connection until it is healed', async () => {
  await using all = await world();
  all.proxy.goAway();
  const client = await all.dial();
  await condition('it is told', () => client.ended() === 'ECONNRESET');
  expect(all.served).toEqual([]);
  all.proxy.heal();
  await pair(all);
});

test('in a black hole nothing arrives and nobody is told; healed, everything comes late', async () => {
  await using all = await world();
  const { client, server } = await pair(all);
  all.proxy.blackHole();
  client.socket.write('up');
  server.socket.write('down');
  const other = await all.dial();
  other.socket.write('other');
  // Through another proxy in the same process: whatever passes has passed when this has come.
  await using sound = await world();
  const witness = await pair(sound);
  witness.client.socket.write('x');
  await condition('time has passed', () => witness.server.heard() === 'x');
  expect([client, server].map(({ heard, ended }) => heard() + ended())).toEqual(['', '']);
  all.proxy.heal();
  await condition('it came late', () => server.heard() === 'up' && client.heard() === 'down');
  await condition('so does the other', () => all.served.at(-1)?.heard() === 'other');
});

test('a black hole in one direction lets the other one pass', async () => {
  await using all = await world();
  const { client, server } = await pair(all);
  all.proxy.blackHole(['down']);
  server.socket.write('down');
  client.socket.write('up');
  await condition('up passes', () => server.heard() === 'up');
  expect(client.heard()).toBe('');
  all.proxy.heal();
  await condition('down comes late', () => client.heard() === 'down');
});

test.each(['client', 'upstream'] as const)(
  'half-open: the %s is gone and the other end is never told',
  async (gone) => {
    await using all = await world();
    const { client, server } = await pair(all);
    all.proxy.halfOpen(gone);
    const [lost, kept] = gone === 'client' ? [client, server] : [server, client];
    await condition('one end is reset', () => lost.ended() === 'ECONNRESET');
    kept.socket.write('is anybody there?');
    const next = await pair(all);
    next.client.socket.write('x');
    await condition('time has passed', () => next.server.heard() === 'x');
    expect(kept.ended()).toBe('');
    expect(kept.socket.writable).toBe(true);
  },
);

test('repeated, the server hears all of it again on a second connection', async () => {
  await using all = await world();
  const { client, server } = await pair(all);
  client.socket.write('hello ');
  await condition('it came', () => server.heard() === 'hello ');
  all.proxy.repeat();
  await condition('there are two', () => all.served.length === 2);
  client.socket.write('more');
  const again = all.served[1];
  await condition('both heard all', () => [server, again].every((each) => each?.heard() === 'hello more'));
  again?.socket.write('dropped');
  server.socket.write('heard');
  await condition('one answer came', () => client.heard() === 'heard');
});
