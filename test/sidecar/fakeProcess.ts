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

type Performed = {
  readonly request: PerformRequest__Output;
  readonly end: (answer: PerformResponse) => void;
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
  behaviour: 'execute' | 'hang' | 'refuse' | 'fail' | 'large' | 'twice' | 'unimplemented' | 'lie';
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
    server.addService(v1.Process.service, {
      attach: (
        call: ServerUnaryCall<AttachRequest__Output, AttachResponse>,
        reply: sendUnaryData<AttachResponse>,
      ) => this.#attach(call.request, reply),
      perform: (
        call: ServerUnaryCall<PerformRequest__Output, PerformResponse>,
        reply: sendUnaryData<PerformResponse>,
      ) => this.#perform(call, reply),
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

  #perform(
    call: ServerUnaryCall<PerformRequest__Output, PerformResponse>,
    reply: sendUnaryData<PerformResponse>,
  ): void {
    const { request } = call;
    const bound = request.attachment === this.attaches.at(-1)?.attachment && request.startId === this.startId;
    if (!bound) {
      reply({ code: status.FAILED_PRECONDITION, details: 'another attachment' });
      return;
    }
    this.#busy = request.token;
    const end = (answer: PerformResponse) => {
      this.#busy = null;
      if (answer.outcome === 'PERFORM_OUTCOME_EXECUTED') {
        this.executed = request.token;
        this.state = request.to;
      }
      reply(null, answer);
    };
    this.performed.push({ request, end });
    this.#behave(call, end, reply);
  }

  #behave(
    call: ServerUnaryCall<PerformRequest__Output, PerformResponse>,
    end: (answer: PerformResponse) => void,
    reply: sendUnaryData<PerformResponse>,
  ): void {
    const executed = { outcome: 'PERFORM_OUTCOME_EXECUTED', state: call.request.to } as const;
    switch (this.behaviour) {
      case 'execute':
        return end(executed);
      case 'hang':
        return;
      case 'refuse':
        return end({ outcome: 'PERFORM_OUTCOME_REFUSED', state: this.state, cause: 'no high voltage' });
      case 'fail':
        return end({ outcome: 'PERFORM_OUTCOME_FAILED', state: this.state, cause: 'the link is down' });
      case 'large':
        return end({ ...executed, cause: 'x'.repeat(5_000_000) });
      case 'lie':
        return end({ ...executed, state: 'the_moon' });
      case 'unimplemented':
        this.#busy = null;
        return reply({ code: status.UNIMPLEMENTED, details: 'no such method' });
      case 'twice':
        this.#busy = null;
        answerTwice(call, executed);
        return;
    }
  }
}

/** Two answers on one unary call, which the server's own API forbids. */
function answerTwice(call: object, answer: PerformResponse): void {
  const inner = Reflect.get(call, 'call');
  Reflect.get(inner, 'sendMessage').call(inner, answer, () => {
    Reflect.get(inner, 'sendMessage').call(inner, answer, () => {
      Reflect.get(inner, 'sendStatus').call(inner, { code: status.OK, details: 'OK', metadata: null });
    });
  });
}
