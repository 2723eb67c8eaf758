// A process that serves baton.v1.Process and misbehaves on demand.

import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import type { AttachRequest__Output } from '../../protos/generated/baton/v1/AttachRequest.ts';
import type { AttachResponse } from '../../protos/generated/baton/v1/AttachResponse.ts';
import type { ObserveRequest__Output } from '../../protos/generated/baton/v1/ObserveRequest.ts';
import type { ObserveResponse } from '../../protos/generated/baton/v1/ObserveResponse.ts';
import type { PerformRequest__Output } from '../../protos/generated/baton/v1/PerformRequest.ts';
import type { PerformResponse } from '../../protos/generated/baton/v1/PerformResponse.ts';
import type { Token } from '../../protos/generated/baton/v1/Token.ts';
import { v1 } from '../../protos/load.ts';
import { condition } from './condition.ts';

/** A Perform that may answer more than once, which the contract forbids and a server's own API too. */
const SERVICE = { ...v1.Process.service, Perform: { ...v1.Process.service.Perform, responseStream: true } };

type PerformStream = ServerWritableStream<PerformRequest__Output, PerformResponse>;

type Performed = {
  readonly request: PerformRequest__Output;
  readonly end: (answer: PerformResponse) => void;
  /** Milliseconds since 1970. */
  readonly beganAtMs: number;
  /** Its own word, and when it was given; absent while it runs. */
  ended?: { readonly atMs: number; readonly answer: PerformResponse };
};

export type FakeProcess = AsyncDisposable & {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** What was begun, in order; a call that hangs is ended by its `end`. */
  readonly performed: readonly Performed[];
  readonly attaches: readonly AttachRequest__Output[];
  readonly gaveUp: readonly Token[];
  /** How long between observations it was asked for, in milliseconds. */
  readonly intervalMs: number;
  state: string;
  executed: Token | null;
  startId: string;
  /** What Perform does once it was begun. */
  behaviour: 'execute' | 'hang' | 'refuse' | 'fail' | 'large' | 'twice' | 'unimplemented' | 'lie' | 'forget';
  /** What Attach does. */
  greeting: 'answer' | 'hang' | 'refuse';
  /** It goes on living but tells nothing any more. */
  silent: boolean;
  /** Cuts all connections and listens no more, as a kill does. */
  die(): void;
  /** Listens again on the same port, as a restarted process does. */
  live(): Promise<void>;
};

/** A process that listens, in state `idle`, executing everything at once. */
export async function fakeProcess(): Promise<FakeProcess> {
  const fake = new Fake();
  await fake.live();
  return fake;
}

class Fake implements FakeProcess {
  readonly performed: Performed[] = [];
  readonly attaches: AttachRequest__Output[] = [];
  readonly gaveUp: Token[] = [];
  intervalMs = 0;
  state = 'idle';
  executed: Token | null = null;
  startId = 'start-1';
  behaviour: FakeProcess['behaviour'] = 'execute';
  greeting: FakeProcess['greeting'] = 'answer';
  silent = false;
  #busy: Token | null = null;
  #port = 0;
  #server: Server | undefined;
  readonly #observers = new Set<ServerWritableStream<ObserveRequest__Output, ObserveResponse>>();
  readonly #beat = setInterval(() => this.#tell(), 50);

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  async live(): Promise<void> {
    const server = new Server({ 'grpc.max_send_message_length': -1 });
    server.addService(SERVICE, {
      attach: (
        call: ServerUnaryCall<AttachRequest__Output, AttachResponse>,
        reply: sendUnaryData<AttachResponse>,
      ) => this.#attach(call.request, reply),
      perform: (call: PerformStream) => this.#perform(call),
      giveUp: (call: ServerUnaryCall<{ token: Token }, object>, reply: sendUnaryData<object>) => {
        this.gaveUp.push(call.request.token);
        reply(null, {});
      },
      observe: (call: ServerWritableStream<ObserveRequest__Output, ObserveResponse>) => this.#observe(call),
    });
    this.#server = server;
    await condition('the process listens', async () => (await this.#bind(server)) > 0);
  }

  die(): void {
    this.#server?.forceShutdown();
    this.#observers.clear();
    this.#busy = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat);
    this.die();
  }

  async #bind(server: Server): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    server.bindAsync(this.address, ServerCredentials.createInsecure(), (error, port) =>
      resolve(error ? 0 : port),
    );
    const port = await promise;
    if (port > 0) this.#port = port;
    return port;
  }

  #attach(request: AttachRequest__Output, reply: sendUnaryData<AttachResponse>): void {
    this.attaches.push(request);
    if (this.greeting === 'hang') return;
    if (this.greeting === 'refuse') {
      reply({ code: status.FAILED_PRECONDITION, details: 'this process speaks contract 7' });
      return;
    }
    reply(null, { startId: this.startId, state: this.#present() });
  }

  #present(): { state: string; busy: Token | null; executed: Token | null } {
    return { state: this.state, busy: this.#busy, executed: this.executed };
  }

  #observe(call: ServerWritableStream<ObserveRequest__Output, ObserveResponse>): void {
    this.intervalMs = call.request.intervalMs;
    this.#observers.add(call);
    call.on('cancelled', () => this.#observers.delete(call));
    if (!this.silent) call.write({ state: this.#present() });
  }

  #tell(): void {
    if (this.silent) return;
    for (const observer of this.#observers) observer.write({ state: this.#present() });
  }

  #perform(call: PerformStream): void {
    const { request } = call;
    const bound = request.attachment === this.attaches.at(-1)?.attachment && request.startId === this.startId;
    if (!bound) {
      call.emit('error', { code: status.FAILED_PRECONDITION, details: 'another attachment' });
      return;
    }
    this.#busy = request.token;
    const end = (...answers: readonly PerformResponse[]) => {
      this.#busy = null;
      const [answer] = answers;
      if (answer !== undefined) performed.ended = { atMs: Date.now(), answer };
      if (answers.length === 1 && answers[0]?.outcome === 'PERFORM_OUTCOME_EXECUTED') {
        this.executed = request.token;
        this.state = request.to;
      }
      for (const answer of answers) call.write(answer);
      call.end();
    };
    const performed: Performed = { request, end, beganAtMs: Date.now() };
    this.performed.push(performed);
    this.#behave(call, end);
  }

  #behave(call: PerformStream, end: (...answers: readonly PerformResponse[]) => void): void {
    const executed = { outcome: 'PERFORM_OUTCOME_EXECUTED', state: call.request.to } as const;
    const state = this.state;
    switch (this.behaviour) {
      case 'execute':
        return end(executed);
      case 'hang':
        return;
      case 'refuse':
        return end({ outcome: 'PERFORM_OUTCOME_REFUSED', state, cause: 'no high voltage' });
      case 'fail':
        return end({ outcome: 'PERFORM_OUTCOME_FAILED', state, cause: 'the link is down' });
      case 'large':
        return end({ ...executed, cause: 'x'.repeat(5_000_000) });
      case 'lie':
        return end({ ...executed, state: 'the_moon' });
      case 'twice':
        return end(executed, executed);
      case 'forget':
        this.#busy = null;
        this.executed = call.request.token;
        this.state = call.request.to;
        return;
      case 'unimplemented':
        this.#busy = null;
        call.emit('error', { code: status.UNIMPLEMENTED, details: 'no such method' });
        return;
    }
  }
}
