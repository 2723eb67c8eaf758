// One control stream: Hello first, then requests down, answers and observations up, heartbeats between.

import type { ServerDuplexStream } from '@grpc/grpc-js';
import { toStatus } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { ControlRequest__Output } from '../../protos/generated/baton/v1/ControlRequest.ts';
import type { ControlResponse } from '../../protos/generated/baton/v1/ControlResponse.ts';
import { CONTRACT_VERSION } from '../../protos/load.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { UpMessage } from '../rules/model.ts';
import type { RunningSidecar } from '../running.ts';
import { type HelloMessage, type Inbound, parseInbound } from './inbound.ts';
import { controlResponse } from './outbound.ts';

/** How long a stream may stay without its Hello, in milliseconds. */
export const HELLO_TIMEOUT_MS = 5_000;

/** Messages that may wait for a coordinator that does not read; then its stream is ended. */
export const OUTGOING_MAX = 1_024;

/** Control streams at once: the coordinator's, its successor's, and some that are about to end. */
export const STREAMS_MAX = 16;

type Call = ServerDuplexStream<ControlRequest__Output, ControlResponse>;

export type ControlOptions = {
  readonly sidecar: RunningSidecar;
  readonly clock: Clock;
  readonly log: Log;
};

/** Serves control streams, at most STREAMS_MAX at once. */
export function controlHandler(options: ControlOptions): (call: Call) => void {
  let open = 0;
  return (call) => {
    if (open >= STREAMS_MAX) {
      call.emit('error', toStatus(new RunControlError('LIMIT', `${STREAMS_MAX} control streams are open`)));
      return;
    }
    open += 1;
    new ControlStream(options, call, () => {
      open -= 1;
    });
  };
}

class ControlStream {
  readonly #sidecar: RunningSidecar;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #call: Call;
  readonly #id: number;
  #greeted = false;
  #ended = false;
  #disarm: () => void;

  constructor({ sidecar, clock, log }: ControlOptions, call: Call, ended: () => void) {
    this.#sidecar = sidecar;
    this.#clock = clock;
    this.#log = log;
    this.#call = call;
    this.#id = sidecar.open({
      send: (message) => this.#send(message),
      close: (why) => this.#end(why),
    });
    this.#disarm = clock.after(HELLO_TIMEOUT_MS, () => {
      this.#end(new RunControlError('REFUSED', `no Hello came within ${HELLO_TIMEOUT_MS} ms`));
    });
    call.on('data', (message: ControlRequest__Output) => this.#heard(message));
    call.on('end', () => this.#end());
    call.on('cancelled', () => this.#end());
    call.on('close', ended);
  }

  #heard(message: ControlRequest__Output): void {
    if (this.#ended) return;
    const inbound = parseInbound(message, this.#id);
    if ('problems' in inbound) {
      const { problems } = inbound;
      this.#end(new RunControlError('MALFORMED', 'the coordinator sent a malformed message', { problems }));
    } else this.#take(inbound);
  }

  #take(inbound: Inbound): void {
    if (inbound.type === 'hello' ? this.#greeted : !this.#greeted) {
      this.#end(new RunControlError('MALFORMED', 'Hello comes first and once on a control stream'));
    } else if (inbound.type === 'hello') this.#greet(inbound.hello);
    else if (inbound.type === 'event') this.#sidecar.take(inbound.event);
  }

  #greet(hello: HelloMessage): void {
    const wrong = misdirected(hello, this.#sidecar.present().settings);
    if (wrong !== undefined) {
      this.#end(new RunControlError('REFUSED', wrong));
      return;
    }
    this.#greeted = true;
    this.#disarm();
    const { journalId, epoch, closedThrough, adoptedFrom, heartbeatIntervalMs } = hello;
    this.#log.info(
      { stream: this.#id, journalId, epoch, peer: this.#call.getPeer() },
      'coordinator connected',
    );
    this.#sidecar.take({ type: 'hello', stream: this.#id, journalId, epoch, closedThrough, adoptedFrom });
    if (!this.#ended) this.#beat(heartbeatIntervalMs);
  }

  #beat(intervalMs: number): void {
    this.#disarm = this.#clock.after(intervalMs, () => {
      this.#write({ heartbeat: { stateNumber: this.#sidecar.present().view.stateNumber } });
      if (!this.#ended) this.#beat(intervalMs);
    });
  }

  #send(message: UpMessage): void {
    this.#write(controlResponse(message, this.#sidecar.present()));
  }

  #write(message: ControlResponse): void {
    if (this.#ended) return;
    if (this.#call.writableLength >= OUTGOING_MAX) {
      this.#end(new RunControlError('LIMIT', `the coordinator did not read ${OUTGOING_MAX} messages`));
      return;
    }
    this.#call.write(message);
  }

  #end(why?: RunControlError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#disarm();
    this.#log.info(
      { stream: this.#id, cause: why?.message ?? 'the coordinator went' },
      'control stream ended',
    );
    this.#sidecar.take({ type: 'streamClosed', stream: this.#id });
    // grpc-js sends the status once what was written before it is on its way.
    if (why === undefined) this.#call.end();
    else this.#call.emit('error', toStatus(why));
  }
}

/** Why a Hello is not for this sidecar, naming both sides; undefined when it is. */
function misdirected(hello: HelloMessage, me: { partition: string; target: string }): string | undefined {
  if (hello.contractVersion !== CONTRACT_VERSION) {
    return `incompatible: the sidecar speaks contract ${CONTRACT_VERSION}, the coordinator ${hello.contractVersion}`;
  }
  if (hello.partition !== me.partition || hello.target !== me.target) {
    return `this is ${me.target} of partition ${me.partition}, not ${hello.target} of partition ${hello.partition}`;
  }
  return undefined;
}
