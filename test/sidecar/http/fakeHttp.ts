// A process with an HTTP interface of its own, which misbehaves on demand.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { condition } from '../condition.ts';

export type Taken = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Whether the connection that it came on still stands. */
  readonly isOpen: () => boolean;
  /** Ends it: answers, if that is still due, and becomes idle in the state that was asked for. */
  readonly end: (answer?: {
    readonly status?: number;
    readonly body?: unknown;
    readonly state?: string;
  }) => void;
};

/** What it does with a command that it has read. */
export type Behaviour =
  | 'execute'
  | 'hang'
  | 'refuse'
  | 'fail'
  | 'error'
  | 'redirect'
  | 'large'
  | 'cut'
  | 'reset'
  | 'garbage'
  | 'not ok'
  | 'lie'
  | 'lag'
  | 'accept';

/** GET /state and /health; every other request is a command. */
export class FakeHttp implements AsyncDisposable {
  readonly taken: Taken[] = [];
  /** GETs of its state. */
  looks = 0;
  state = 'IDLE';
  busy = false;
  startId = 'life-1';
  executed = '';
  behaviour: Behaviour = 'execute';
  /** What GET /state does. */
  telling: 'answer' | 'hang' | 'error' | 'garbage' | 'large' = 'answer';
  health = { status: 200, body: 'well' };
  /** Like a process of one thread: nothing is answered while a command runs. */
  oneThread = false;
  /** What GET of a path below /jobs answers, how often it was asked, and with which path. */
  job: unknown = {};
  jobStatus = 200;
  polls = 0;
  polled = '';
  #port = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];

  static async start(): Promise<FakeHttp> {
    const fake = new FakeHttp();
    await fake.live();
    return fake;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Listens, on the port that it had before, as a restarted process does. */
  async live(): Promise<void> {
    const server = createServer((request, response) => {
      void this.#take(request, response);
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server = server;
    await condition('the process listens', async () => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      server.once('error', () => resolve(false));
      server.listen(this.#port, '127.0.0.1', () => resolve(true));
      return promise;
    });
    const bound: AddressInfo | string | null = server.address();
    if (bound !== null && typeof bound === 'object') this.#port = bound.port;
  }

  /** Cuts all connections and listens no more, as a kill does. */
  async die(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server?.close(() => resolve());
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.busy = false;
    await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server?.listening === true) await this.die();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { method = '', url = '', headers } = request;
    if (this.oneThread && this.busy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (method === 'GET' && url === '/health') {
      response.writeHead(this.health.status).end(this.health.body);
    } else if (method === 'GET' && url === '/state') {
      this.#tell(response);
    } else if (method === 'GET' && url.startsWith('/jobs/')) {
      this.polls += 1;
      this.polled = url;
      response.writeHead(this.jobStatus).end(JSON.stringify(this.job));
    } else this.#perform({ method, path: url, headers, body }, response);
  }

  #tell(response: ServerResponse): void {
    this.looks += 1;
    const { state, busy, startId, executed } = this;
    switch (this.telling) {
      case 'answer':
        response.end(JSON.stringify({ state, busy, startId, executed }));
        return;
      case 'error':
        response.writeHead(500).end(JSON.stringify({ error: 'no database' }));
        return;
      case 'garbage':
        response.end('<html>');
        return;
      case 'large':
        response.end('x'.repeat(1_000_000));
        return;
      case 'hang':
        return;
    }
  }

  #perform(taken: Omit<Taken, 'end' | 'isOpen'>, response: ServerResponse): void {
    this.busy = true;
    const asked: { to?: string; token?: string } = Object(parse(taken.body));
    const to = asked.to === 'running' ? 'RUNNING' : 'IDLE';
    const end: Taken['end'] = ({ status = 200, body = { ok: true }, state = to } = {}) => {
      this.busy = false;
      this.state = state;
      if (status === 200) this.executed = asked.token ?? '';
      for (const go of this.#waiting.splice(0)) go();
      if (!response.headersSent) response.writeHead(status).end(JSON.stringify(body));
    };
    this.taken.push({ ...taken, isOpen: () => !response.destroyed, end });
    this.#behave(response, end);
  }

  #behave(response: ServerResponse, end: Taken['end']): void {
    const { state } = this;
    const stay = (status: number, body: unknown) => end({ status, body, state });
    switch (this.behaviour) {
      case 'execute':
        return end();
      case 'hang':
        return;
      case 'refuse':
        return stay(409, { error: 'no high voltage' });
      case 'fail':
        return stay(500, { error: 'the link is down' });
      case 'error':
        return stay(500, '');
      case 'not ok':
        return stay(200, { ok: false, error: 'half of it' });
      case 'redirect':
        response.writeHead(307, { location: '/elsewhere' }).end();
        return stay(307, '');
      case 'garbage':
        response.end('<html>');
        return end();
      case 'lie':
        return end({ state: 'MOON' });
      case 'large':
        response.end('x'.repeat(1_000_000));
        return end();
      case 'cut':
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"ok": tr', () => response.destroy());
        response.on('close', () => end());
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'lag':
        response.end('{"ok": true}');
        setTimeout(() => end(), 200);
        return;
      case 'accept':
        response.writeHead(202).end('{"ok": true, "job": "job 7"}');
        return;
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
