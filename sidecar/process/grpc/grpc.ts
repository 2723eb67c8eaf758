// The `grpc` adapter: a client of baton.v1.Process.

import {
  type ClientUnaryCall,
  connectivityState as Connectivity,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { AttachResponse__Output } from '../../../protos/generated/baton/v1/AttachResponse.ts';
import type { ProcessClient } from '../../../protos/generated/baton/v1/Process.ts';
import { CHANNEL_OPTIONS, CONTRACT_VERSION, v1 } from '../../../protos/load.ts';
import { type Clock, deadlineAfter } from '../../clock.ts';
import type { Adapter, ProcessEvent } from '../adapter.ts';
import { Attempts, BACKOFF_FIRST_MS, BACKOFF_LAST_MS } from '../attempts.ts';
import { parseStartId, sentence } from '../said.ts';
import { ATTACH_TIMEOUT_MS, LiveAttachment } from './attachment.ts';
import { nameOf, parseProcessState } from './wire.ts';

export type GrpcProcessOptions = {
  /** `127.0.0.1:PORT` where the process serves baton.v1.Process. */
  readonly address: string;
  readonly partition: string;
  readonly segment: string;
  readonly ordinal: number;
  readonly machineHash: string;
  readonly clock: Clock;
  readonly nextAttachment: () => number;
};

/** An adapter for a process that serves baton.v1.Process. */
export function grpcProcess(options: GrpcProcessOptions): Adapter {
  const attacher = new Attacher(options);
  return {
    start: (tell) => attacher.start(tell),
    perform: (call) => attacher.at(call.attachment.id)?.perform(call),
    giveUp: (attachment, token) => attacher.at(attachment.id)?.giveUp(token),
    [Symbol.asyncDispose]: async () => attacher.stop(),
  };
}

class Attacher {
  readonly #options: GrpcProcessOptions;
  readonly #client: ProcessClient;
  readonly #attempts: Attempts;
  #live: LiveAttachment | undefined;
  #attaching: ClientUnaryCall | undefined;
  #stopped = false;

  constructor(options: GrpcProcessOptions) {
    this.#options = options;
    const { clock, nextAttachment } = options;
    this.#attempts = new Attempts({ clock, nextAttachment, attach: (id) => this.#attach(id) });
    this.#client = new v1.Process(options.address, credentials.createInsecure(), {
      ...CHANNEL_OPTIONS,
      'grpc.initial_reconnect_backoff_ms': BACKOFF_FIRST_MS,
      'grpc.max_reconnect_backoff_ms': BACKOFF_LAST_MS,
      // A hook is never asked for again behind our back, and sidecars in one process share nothing.
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  start(tell: (event: ProcessEvent) => void): void {
    this.#attempts.start(tell);
  }

  /** The attachment of that number, if it is the present one. */
  at(id: number): LiveAttachment | undefined {
    return this.#live?.attachment.id === id ? this.#live : undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#attempts.stop();
    this.#attaching?.cancel();
    this.#live?.end('the sidecar stops');
    this.#client.close();
  }

  #attach(id: number): void {
    const { partition, segment, ordinal, machineHash } = this.#options;
    const request = {
      contractVersion: CONTRACT_VERSION,
      attachment: id,
      partition,
      segment,
      ordinal,
      machineHash,
    };
    // The call waits for a connection, so that it is there as soon as the process listens.
    const patient = new Metadata({ waitForReady: true });
    const options = { deadline: deadlineAfter(ATTACH_TIMEOUT_MS) };
    this.#attaching = this.#client.attach(request, patient, options, (error, answer) => {
      this.#attaching = undefined;
      if (this.#stopped) return;
      if (error !== null || answer === undefined) this.#failed(id, this.#whyNot(error));
      else this.#greeted(id, answer);
    });
  }

  #greeted(id: number, answer: AttachResponse__Output): void {
    const startId = parseStartId(answer.startId);
    const process = parseProcessState(answer.state);
    if ('broken' in startId) this.#failed(id, startId.broken);
    else if ('broken' in process) this.#failed(id, process.broken);
    else this.#observe(id, startId.value);
  }

  #observe(id: number, startId: string): void {
    this.#attempts.begun();
    this.#live = new LiveAttachment({
      client: this.#client,
      clock: this.#options.clock,
      attachment: { id, startId },
      tell: (event) => this.#attempts.heard(event),
      ended: (cause) => {
        this.#live = undefined;
        this.#attempts.ended(id, cause);
      },
    });
  }

  #failed(id: number, cause: string): void {
    // Without a connection the channel itself waits between its attempts: an Attach must be there when one succeeds.
    this.#attempts.failed(id, cause, this.#connected() ? BACKOFF_LAST_MS : BACKOFF_FIRST_MS);
  }

  #connected(): boolean {
    return this.#client.getChannel().getConnectivityState(false) === Connectivity.READY;
  }

  #whyNot(error: ServiceError | null): string {
    const { address } = this.#options;
    if (error === null) return `the process on ${address} answered Attach with nothing`;
    if (error.code === status.DEADLINE_EXCEEDED && !this.#connected())
      return `no process listens on ${address}`;
    if (error.code === status.DEADLINE_EXCEEDED) {
      return `the process on ${address} did not answer Attach within ${ATTACH_TIMEOUT_MS} ms`;
    }
    return sentence(`the process on ${address} refused Attach with ${nameOf(error)}`);
  }
}
