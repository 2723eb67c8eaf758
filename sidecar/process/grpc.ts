// The `grpc` adapter: a client of baton.v1.Process.

import {
  type ClientUnaryCall,
  connectivityState as Connectivity,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { AttachResponse__Output } from '../../protos/generated/baton/v1/AttachResponse.ts';
import type { ProcessClient } from '../../protos/generated/baton/v1/Process.ts';
import { CHANNEL_OPTIONS, CONTRACT_VERSION, v1 } from '../../protos/load.ts';
import { type Clock, deadlineAfter } from '../clock.ts';
import type { Adapter, ProcessEvent } from './adapter.ts';
import { ATTACH_TIMEOUT_MS, LiveAttachment } from './attachment.ts';
import { nameOf, parseProcessState, parseStartId, sentence } from './wire.ts';

/** Between two attempts to attach, in milliseconds: doubles from the first to the last. */
export const BACKOFF_FIRST_MS = 50;
export const BACKOFF_LAST_MS = 1_000;

/** An attachment that held for so long, in milliseconds, is renewed at once when it ends. */
const STEADY_MS = 1_000;

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
  #tell: (event: ProcessEvent) => void = () => {};
  #live: LiveAttachment | undefined;
  #attaching: ClientUnaryCall | undefined;
  #disarm: () => void = () => {};
  #failures = 0;
  #begunMs = 0;
  #lastCause = '';
  #stopped = false;

  constructor(options: GrpcProcessOptions) {
    this.#options = options;
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
    this.#tell = tell;
    this.#attach();
  }

  /** The attachment of that number, if it is the present one. */
  at(id: number): LiveAttachment | undefined {
    return this.#live?.attachment.id === id ? this.#live : undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
    this.#attaching?.cancel();
    this.#live?.end('the sidecar stops');
    this.#client.close();
  }

  #attach(): void {
    const id = this.#options.nextAttachment();
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
    this.#begunMs = this.#options.clock.nowMs();
    this.#live = new LiveAttachment({
      client: this.#client,
      clock: this.#options.clock,
      attachment: { id, startId },
      tell: (event) => this.#heard(event),
      ended: (cause) => this.#ended(id, cause),
    });
  }

  #heard(event: ProcessEvent): void {
    this.#lastCause = '';
    this.#tell(event);
  }

  #ended(id: number, cause: string): void {
    this.#live = undefined;
    if (this.#stopped) return;
    if (this.#options.clock.nowMs() - this.#begunMs >= STEADY_MS) this.#failures = 0;
    this.#failed(id, cause);
  }

  /** Tells a cause once, however often it comes again, and tries again later. */
  #failed(id: number, cause: string): void {
    // Without a connection the channel itself waits between its attempts: an Attach must be there when one succeeds.
    const delayMs = Math.min(this.#backoffMs(), this.#connected() ? BACKOFF_LAST_MS : BACKOFF_FIRST_MS);
    this.#failures += 1;
    this.#disarm = this.#options.clock.after(delayMs, () => this.#attach());
    if (cause === this.#lastCause) return;
    this.#lastCause = cause;
    this.#tell({ type: 'detached', attachment: id, cause });
  }

  #backoffMs(): number {
    return this.#failures === 0 ? 0 : Math.min(BACKOFF_FIRST_MS * 2 ** (this.#failures - 1), BACKOFF_LAST_MS);
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
