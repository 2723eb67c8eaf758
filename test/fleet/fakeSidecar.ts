// A sidecar in a test's hands: a real gRPC server that says exactly what the test tells it to.

import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import type { ControlRequest__Output } from '../../protos/generated/baton/v1/ControlRequest.ts';
import type { ControlResponse } from '../../protos/generated/baton/v1/ControlResponse.ts';
import type { State } from '../../protos/generated/baton/v1/State.ts';
import type { Welcome } from '../../protos/generated/baton/v1/Welcome.ts';
import { podDigest } from '../../protos/identity.ts';
import { CHANNEL_OPTIONS, v1 } from '../../protos/load.ts';

export type Stream = ServerDuplexStream<ControlRequest__Output, ControlResponse>;

export type FakeSidecar = AsyncDisposable & {
  readonly address: string;
  readonly target: string;
  readonly podUid: string;
  /** Every stream there ever was, the newest last. */
  readonly streams: readonly Stream[];
  /** All messages that came, of all streams. */
  readonly heard: readonly ControlRequest__Output[];
  /** Says something on the newest stream. */
  say(message: ControlResponse): void;
};

export type FakeOptions = {
  readonly target?: string;
  readonly podUid?: string;
  readonly port?: number;
  /** What it does with each message; by default it answers Hello with a Welcome. */
  readonly react?: (message: ControlRequest__Output, stream: Stream, sidecar: FakeSidecar) => void;
};

/** State of an attached process. */
export function state(sidecar: Pick<FakeSidecar, 'podUid'>, changed: State = {}): State {
  return {
    incarnation: `${podDigest(sidecar.podUid)}.life0000`,
    stateNumber: 1,
    state: 'initial',
    attached: true,
    ...changed,
  };
}

/** A proper Welcome. */
export function welcome(
  sidecar: Pick<FakeSidecar, 'podUid' | 'target'>,
  changed: Welcome = {},
): ControlResponse {
  const { target, podUid } = sidecar;
  const machineHash = '0123456789abcdef';
  return {
    welcome: {
      contractVersion: 1,
      target,
      podUid,
      machineHash,
      fence: {},
      state: state(sidecar),
      ...changed,
    },
  };
}

/** Starts a sidecar on a free port, or on `port`. */
export async function fakeSidecar(options: FakeOptions = {}): Promise<FakeSidecar> {
  const { target = 'readout-0', podUid = 'pod-0', port = 0 } = options;
  const react = options.react ?? ((message, stream) => message.hello && stream.write(welcome(sidecar)));
  const streams: Stream[] = [];
  const heard: ControlRequest__Output[] = [];
  const server = new Server(CHANNEL_OPTIONS);
  server.addService(v1.Sidecar.service, {
    Control: (stream: Stream) => {
      streams.push(stream);
      // A cut connection; the test looks at the other end.
      stream.on('error', () => undefined);
      stream.on('data', (message: ControlRequest__Output) => {
        heard.push(message);
        react(message, stream, sidecar);
      });
      stream.on('end', () => stream.end());
    },
    GetState: unimplemented,
    WatchState: unimplemented,
    DescribeMachine: unimplemented,
  });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, free) => {
      if (error === null) resolve(free);
      else reject(error);
    });
  });
  const sidecar: FakeSidecar = {
    address: `127.0.0.1:${bound}`,
    target,
    podUid,
    streams,
    heard,
    say: (message) => {
      streams.at(-1)?.write(message);
    },
    [Symbol.asyncDispose]: async () => {
      // forceShutdown alone leaves the connections to the peers' keepalive.
      for (const stream of streams) stream.end();
      server.forceShutdown();
    },
  };
  return sidecar;
}

function unimplemented(): void {
  throw new Error('the tests do not ask for this');
}
