// A process that Baton drives, whole: it counts while a run goes on. Start it with `node process.ts PORT`.
// Yours is the table of transitions; the rest is the contract, protos/baton/v1/process.proto.

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { Server, ServerCredentials, type ServiceDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

let state = 'idle';
let counter: NodeJS.Timeout | undefined;

/** What each transition does: it gives the state that it leads to, or throws why it could not. */
const transitions: Readonly<Record<string, () => Promise<string>>> = {
  start: async () => {
    let count = 0;
    counter = setInterval(() => process.stdout.write(`${++count}\n`), 1_000);
    return 'running';
  },
  stop: async () => {
    clearInterval(counter);
    return 'idle';
  },
  recover: async () => state,
};

type Asked = { attachment: number; startId: string; token: object; transition: string; intervalMs: number };
type Call = ServerUnaryCall<Asked, object>;
type Done = sendUnaryData<object>;

const startId = randomUUID();
let attachment = 0;
let busy: object | undefined;
let executed: object | undefined;
let last: { token: string; answer: Promise<object> } | undefined;
const changes = new EventEmitter();
const present = () => ({ state, busy, executed });

/** A request that is repeated gets the answer of the first time: nothing is begun twice. */
function perform({ token, transition }: Asked): object | Promise<object> {
  const [name, work] = [JSON.stringify(token), transitions[transition]];
  if (last?.token === name) return last.answer;
  if (busy || !work) return { outcome: 'PERFORM_OUTCOME_REFUSED', state, cause: `no ${transition} now` };
  last = { token: name, answer: begin(token, work) };
  return last.answer;
}

async function begin(token: object, work: () => Promise<string>): Promise<object> {
  busy = token;
  changes.emit('change');
  try {
    state = await work();
    executed = token;
    return { outcome: 'PERFORM_OUTCOME_EXECUTED', state };
  } catch (error) {
    return { outcome: 'PERFORM_OUTCOME_FAILED', state, cause: String(error) };
  } finally {
    busy = undefined;
    changes.emit('change');
  }
}

const handlers = {
  Attach: ({ request }: Call, done: Done) => {
    attachment = Math.max(attachment, request.attachment);
    done(null, { startId, state: present() });
  },
  Perform: async ({ request }: Call, done: Done) => {
    // Only the newest sidecar may ask, and only this life of the process.
    const isPresent = request.attachment === attachment && request.startId === startId;
    if (isPresent) done(null, await perform(request));
    else done({ code: status.FAILED_PRECONDITION, details: 'attach again' });
  },
  // What runs here ends soon by itself.
  GiveUp: (_: Call, done: Done) => done(null, {}),
  Observe: (call: ServerWritableStream<Asked, object>) => {
    const tell = () => call.write({ state: present() });
    const timer = setInterval(tell, call.request.intervalMs);
    changes.on('change', tell);
    call.on('cancelled', () => changes.off('change', tell) && clearInterval(timer));
    tell();
  },
};

const PROTO = join(import.meta.dirname, '../../protos/baton/v1/process.proto');
const contract = loadSync(PROTO, { longs: Number, enums: String, defaults: true });
const server = new Server();
server.addService(contract['baton.v1.Process'] as ServiceDefinition, handlers);
server.bindAsync(`127.0.0.1:${process.argv[2]}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
