import { createServer, type Server, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { Incarnation, Target } from '../../coordinator/core/model/partition.ts';
import type { DownMessage } from '../../coordinator/core/model/turn.ts';
import { RETRY_EVERY_MS } from '../../coordinator/fleet/backoff.ts';
import type { Place } from '../../coordinator/fleet/discovery.ts';
import { CONNECTS_MAX } from '../../coordinator/fleet/dispatcher.ts';
import { DOWN_QUEUE_MAX } from '../../coordinator/fleet/stream.ts';
import { condition } from '../sidecar/condition.ts';
import { fakeSidecar, welcome } from './fakeSidecar.ts';
import { placeOf, rig } from './rig.ts';

const READOUT = 'readout-0' as Target;

function disconnectedBecause(words: RegExp) {
  return expect.objectContaining({
    type: 'disconnected',
    target: READOUT,
    cause: expect.stringMatching(words),
  });
}

const token = { operationNumber: 1, step: 0, operationId: 'op' };

test('an event that finds no room closes the stream, and nothing is lost: the next Welcome tells all', async () => {
  await using sidecar = await fakeSidecar();
  let isFull = true;
  using fleet = rig({
    places: { [READOUT]: placeOf(sidecar) },
    post: (event) => event.type !== 'welcome' || !isFull,
  });
  expect(await fleet.until('disconnected')).toEqual(disconnectedBecause(/coordinator is overloaded/));
  isFull = false;
  await fleet.until('welcome');
  await condition('its stream stays', () => sidecar.streams.length > 1);
});

test('a sidecar that does not read loses its stream before the messages fill the memory', async () => {
  await using sidecar = await fakeSidecar({
    react: (message, stream, self) => {
      if (!message.hello) return;
      stream.write(welcome(self));
      stream.pause();
    },
  });
  using fleet = rig({ places: { [READOUT]: placeOf(sidecar) } });
  await fleet.until('welcome');
  const sent: DownMessage = {
    type: 'request',
    request: {
      token,
      incarnation: '' as Incarnation,
      machineHash: '',
      transition: 'start',
      arguments: { text: 'x'.repeat(60_000) },
      from: '',
      to: '',
      budgetMs: 1,
      stopPath: false,
      runNumber: 0,
    },
  };
  for (let i = 0; i < 4 * DOWN_QUEUE_MAX; i += 1) fleet.dispatcher.send(READOUT, sent);
  expect(await fleet.until('disconnected')).toEqual(
    disconnectedBecause(new RegExp(`reads nothing: ${DOWN_QUEUE_MAX} messages wait`)),
  );
});

/** A server that accepts and says nothing: every attempt hangs. Its open connections. */
async function muteServer(): Promise<{
  readonly server: Server;
  readonly sockets: Set<Socket>;
  readonly place: Place;
}> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  return { server, sockets, place: { address: `127.0.0.1:${address.port}`, podUid: 'pod-0' } };
}

test(`no more than ${CONNECTS_MAX} sidecars are dialled at once, and those that wait have their turn`, async () => {
  const { server, sockets, place } = await muteServer();
  const targets = Array.from({ length: CONNECTS_MAX + 20 }, (_, i) => `readout-${i}`);
  await using sidecar = await fakeSidecar({ target: `readout-${CONNECTS_MAX + 5}` });
  using fleet = rig({ targets, places: Object.fromEntries(targets.map((target) => [target, place])) });
  await condition('as many as may are dialled', () => sockets.size === CONNECTS_MAX);
  fleet.move({ [sidecar.target]: placeOf(sidecar) });
  for (const socket of [...sockets].slice(0, 10)) socket.destroy();
  await fleet.until('welcome');
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('the more are away, the later each is dialled again', async () => {
  const many = 200;
  const targets = Array.from({ length: many }, (_, i) => `readout-${i}`);
  // An attempt that is refused here costs nothing, so that only the waits count.
  const place = { address: '192.0.2.1:7401', podUid: 'pod-0' };
  const beganMs = performance.now();
  using fleet = rig({ targets, places: Object.fromEntries(targets.map((target) => [target, place])) });
  await condition('each was dialled three times', () => fleet.retries() >= 3 * many);
  // The shortest wait of one among so many; alone it would be 25 ms, and then 50.
  expect(performance.now() - beganMs).toBeGreaterThan((many * RETRY_EVERY_MS) / 2);
});
