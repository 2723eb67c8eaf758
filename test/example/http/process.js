// A process with a REST interface of its own, which knows nothing of Baton: it counts while a run goes on.
// Start it with `node process.js PORT`. How Baton drives it stands in partition.yaml beside it.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const life = randomUUID();
let state = 'IDLE';
let busy = false;
let counter;

/** What each command does, and in which state it may be given. */
const commands = {
  start: {
    needs: 'IDLE',
    work: async () => {
      let count = 0;
      counter = setInterval(() => process.stdout.write(`${++count}\n`), 1_000);
      return 'RUNNING';
    },
  },
  stop: {
    needs: 'RUNNING',
    work: async () => {
      clearInterval(counter);
      return 'IDLE';
    },
  },
};

/** Gives status and body. Nothing is begun while something runs, or from the wrong state. */
async function take(name) {
  if (!Object.hasOwn(commands, name)) return [404, { error: `there is no ${name}` }];
  const { needs, work } = commands[name];
  if (busy) return [409, { error: 'one command at a time' }];
  if (state !== needs) return [409, { error: `it is ${state} and not ${needs}` }];
  busy = true;
  try {
    state = await work();
    return [200, { ok: true }];
  } catch (error) {
    return [500, { error: String(error) }];
  } finally {
    busy = false;
  }
}

const server = createServer(async ({ method, url }, response) => {
  const [, folder, name] = url.split('/');
  const [status, body] =
    method === 'GET' && url === '/status'
      ? [200, { state, busy, life }]
      : method === 'POST' && folder === 'command'
        ? await take(name)
        : [404, { error: `there is no ${method} ${url}` }];
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(Number(process.argv[2]), '127.0.0.1');
