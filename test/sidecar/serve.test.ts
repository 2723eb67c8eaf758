import { Client, credentials, status } from '@grpc/grpc-js';
import { protoPath } from 'grpc-health-check';
import { describe, expect, test } from 'vitest';
import { fromStatus, isServiceError } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import { isLoopback, listenProblem, parseListen } from '../../protos/listen.ts';
import { v1 } from '../../protos/load.ts';
import { type Service, serve } from '../../protos/serve.ts';
import { unary } from '../../protos/unary.ts';
import { method, reflected } from './reflected.ts';

const machine = { name: 'm', hash: '', initial: 'a', states: [], transitions: [], sequences: [] };

type Described = { machine: typeof machine };

function service(describeMachine: () => Described | Promise<Described>): Service {
  const handlers = { describeMachine: unary(describeMachine), watchState: () => {} };
  return { name: 'baton.v1.Sidecar', definition: v1.Sidecar.service, handlers, access: {} };
}

const ok = service(() => ({ machine }));
const listen = { listen: '127.0.0.1:0', insecureListen: false };

describe('where a server may listen', () => {
  test.each(['0.0.0.0:80', '[::]:80', 'daq.example.org:80'])('%s in plaintext only when asked', (text) => {
    expect(listenProblem('listen', text, false)?.want).toContain('--insecure-listen');
    expect(listenProblem('listen', text, true)).toBeUndefined();
  });
  test.each(['127.0.0.1:80', 'localhost:80', '[::1]:80', '127.9.9.9:0'])('%s without asking', (text) => {
    expect(listenProblem('listen', text, false)).toBeUndefined();
  });
  test.each(['', '80', ':80', '127.0.0.1', '127.0.0.1:70000', '[::1', '::1:80', '[nonsense]:80', 'a b:1'])(
    '%j is no address',
    (text) => expect(listenProblem('listen', text, true)?.want).toContain('host:port'),
  );
  test('a name that only begins like loopback is not loopback', () => {
    expect(isLoopback('127.evil.example.org')).toBe(false);
    expect(parseListen('[::1]:7')).toEqual({ host: '::1', port: 7 });
  });
  test('serve refuses plaintext beyond loopback and names the flag', async () => {
    const refused = serve({ listen: '0.0.0.0:0', insecureListen: false, services: [ok] });
    await expect(refused).rejects.toThrow(/--insecure-listen/);
  });
});

test('health and the service answer', async () => {
  await using server = await serve({ ...listen, services: [ok] });
  const client = new v1.Sidecar(server.address, credentials.createInsecure());
  const told = await new Promise((resolve, reject) => {
    client.describeMachine({}, { deadline: Date.now() + 5_000 }, (error, answer) =>
      error ? reject(error) : resolve(answer?.machine?.name),
    );
  });
  expect(told).toBe('m');
  expect(await health(server.address, '')).toBe('SERVING');
  server.setHealth('baton.v1.Sidecar', false);
  expect(await health(server.address, 'baton.v1.Sidecar')).toBe('NOT_SERVING');
  await expect(health(server.address, 'nobody')).rejects.toMatchObject({ code: status.NOT_FOUND });
  client.close();
});

test('trouble in a handler arrives with its code and problems', async () => {
  const problems = [{ path: 'a', want: 'b', got: 'c' }];
  const bad = service(() => {
    throw new RunControlError('MALFORMED', 'one problem in the request', { problems });
  });
  await using server = await serve({ ...listen, services: [bad] });
  const client = new v1.Sidecar(server.address, credentials.createInsecure());
  const error = await new Promise<unknown>((resolve) => {
    client.describeMachine({}, { deadline: Date.now() + 5_000 }, resolve);
  });
  expect(isServiceError(error) && fromStatus(error)).toMatchObject({ code: 'MALFORMED', problems });
  client.close();
});

test('a port in use is told in one sentence', async () => {
  await using server = await serve({ ...listen, services: [ok] });
  const second = serve({ ...listen, listen: server.address, services: [ok] });
  await expect(second).rejects.toThrow(`cannot listen on ${server.address}: another program listens there`);
});

test('a stop lets a call end that has begun', async () => {
  const began = Promise.withResolvers<void>();
  const may = Promise.withResolvers<void>();
  const slow = service(async () => {
    began.resolve();
    await may.promise;
    return { machine };
  });
  const server = await serve({ ...listen, services: [slow] });
  const client = new v1.Sidecar(server.address, credentials.createInsecure());
  const answered = new Promise<unknown>((resolve) => {
    client.describeMachine({}, { deadline: Date.now() + 5_000 }, (error, answer) => resolve(error ?? answer));
  });
  await began.promise;
  const stopped = server[Symbol.asyncDispose]();
  may.resolve();
  expect(await answered).toMatchObject({ machine: { name: 'm' } });
  await stopped;
  client.close();
});

test('a stop ends although a client holds a stream open', async () => {
  const server = await serve({ ...listen, services: [ok] });
  const client = new v1.Sidecar(server.address, credentials.createInsecure());
  const stream = client.watchState({});
  const ended = new Promise<unknown>((resolve) => stream.on('error', resolve));
  await new Promise((resolve) => client.waitForReady(Date.now() + 5_000, resolve));
  await server[Symbol.asyncDispose]();
  expect(await ended).toHaveProperty('code');
  client.close();
});

test('reflection lists the service and health, so that grpcurl works', async () => {
  await using server = await serve({ ...listen, services: [ok] });
  const listed = await reflected(server.address, { listServices: '' });
  expect(listed).toContain('"baton.v1.Sidecar"');
  expect(listed).toContain('"grpc.health.v1.Health"');
  expect(listed).not.toContain('"baton.v1.Coordinator"');
});

async function health(address: string, service: string): Promise<unknown> {
  const { path, requestSerialize, responseDeserialize } = method(protoPath, 'grpc.health.v1.Health', 'Check');
  const client = new Client(address, credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, (error, told) => {
      client.close();
      if (error) reject(error);
      else resolve(Reflect.get(Object(told), 'status'));
    });
  });
}
