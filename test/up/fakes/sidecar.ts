// A sidecar that only knows the kubelet's side: probes and preStop. Attached means that the process listens.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { behaviourOf, note } from './events.ts';

const config = JSON.parse(readFileSync(process.argv[process.argv.indexOf('--config') + 1] ?? '', 'utf8'));
const target = `${config.segment}-${config.ordinal}`;
const [, port] = config.listen.probes.split(':');
const [, adapter] = config.adapter.address.split(':');

const server = createServer(async (request, response) => {
  const end = (isGood: boolean, body: string) => response.writeHead(isGood ? 200 : 503).end(body);
  switch (request.url) {
    case '/prestop': {
      note(`${target} preStop ${request.headers['x-baton-prestop'] ?? 'without its header'}`);
      const answer = behaviourOf(target).preStop ?? 'stopped';
      if (answer !== 'hang') end(true, answer);
      return;
    }
    case '/process/livez':
      return end(behaviourOf(target).isLive !== false, 'not alive on demand');
    case '/process/startupz':
      return end(await listens(), 'nothing listens');
    default:
      return end(true, 'ok');
  }
});
server.listen(Number(port), '127.0.0.1', () => note(`${target} sidecar began ${config.podUid}`));
process.on('SIGTERM', () => {
  note(`${target} sidecar SIGTERM`);
  process.exit(0);
});

function listens(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(Number(adapter), '127.0.0.1', () => {
    socket.destroy();
    resolve(true);
  });
  socket.on('error', () => resolve(false));
  return promise;
}
